package org.basisar.bench;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The order of the modules, and what may enter each of them. */
final class ModuleOrderTest {

  /** A module's folder and the package under which everything in it lives. */
  private record Module(String folder, String packageName) {}

  /** Lowest first; each may use those before it. */
  private static final List<Module> MODULES =
      List.of(
          new Module("native", "org.basisar.gpu"),
          new Module("kernels", "org.basisar.kernels"),
          new Module("tensor", "org.basisar.tensor"),
          new Module("autograd", "org.basisar.autograd"),
          new Module("nn", "org.basisar.nn"),
          new Module("bar", "org.basisar.bar"),
          new Module("bench", "org.basisar.bench"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.basisar");

  /** Tests run in the folder of their module. */
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void everyModuleIsInView() {
    for (Module module : MODULES) {
      assertThat(CLASSES.containPackage(module.packageName())).as(module.folder()).isTrue();
    }
  }

  @Test
  void modulesUseOnlyThoseBelow() {
    LayeredArchitecture layers =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
    for (Module module : MODULES) {
      layers = layers.layer(module.folder()).definedBy(module.packageName() + "..");
    }
    for (int i = 0; i < MODULES.size(); i++) {
      String[] below = MODULES.subList(0, i).stream().map(Module::folder).toArray(String[]::new);
      String folder = MODULES.get(i).folder();
      layers =
          below.length == 0
              ? layers.whereLayer(folder).mayNotAccessAnyLayer()
              : layers.whereLayer(folder).mayOnlyAccessLayers(below);
    }
    layers.check(CLASSES);
  }

  @Test
  void onlyTheGpuPackageTouchesNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.basisar.gpu..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("jcuda..").or(type(Linker.class)).or(type(SymbolLookup.class)))
        .check(CLASSES);
  }

  @Test
  void nothingUsesALoggingFramework() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.logging..",
            "org.slf4j..",
            "org.apache.logging..",
            "org.apache.commons.logging..",
            "ch.qos.logback..")
        .because("System.Logger is what the JDK offers without one")
        .check(CLASSES);
  }

  @Test
  void everyFileLiesInItsModulesPackage() throws IOException {
    for (Module module : MODULES) {
      Path sources = ROOT.resolve(module.folder()).resolve("src/main/java");
      Path home = sources.resolve(module.packageName().replace('.', '/'));
      assertThat(javaFiles(sources)).isNotEmpty().allMatch(file -> file.startsWith(home));
    }
  }

  @Test
  void everyPackageIsDescribedAndNullMarked() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Module module : MODULES) {
      Set<Path> packages = new TreeSet<>();
      for (Path file : javaFiles(ROOT.resolve(module.folder()).resolve("src/main/java"))) {
        packages.add(file.resolveSibling("package-info.java"));
      }
      for (Path info : packages) {
        if (!Files.exists(info)) {
          wrong.add(ROOT.relativize(info) + " is missing");
        } else {
          String text = Files.readString(info);
          if (!text.contains("\n@NullMarked\n") || !text.startsWith("/**")) {
            wrong.add(ROOT.relativize(info) + " lacks @NullMarked or its description");
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
