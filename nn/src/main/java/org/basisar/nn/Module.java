package org.basisar.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * A part of a network: parameters and child modules under stable names. The path of a parameter is
 * the names on the way to it joined by dots, equal to its key in a checkpoint.
 */
public abstract class Module implements AutoCloseable {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private final List<Entry> order = new ArrayList<>();
  private final List<Runnable> releases = new ArrayList<>();
  private boolean training;

  /** A parameter or a child, in order of registration, which is the order of a checkpoint. */
  private record Entry(String name, boolean child) {}

  /** Creates and registers a parameter. */
  protected final Parameter parameter(
      Setup setup, String name, Shape shape, Initializer initializer) {
    Tensor tensor =
        Scope.outside(() -> {
          try (Scope scope = Scope.open()) {
            return scope.keep(initializer.create(shape, setup.dtype(), setup.initial()));
          }
        });
    Parameter parameter = new Parameter(name, new Values(tensor));
    register(name, false);
    parameters.put(name, parameter);
    return parameter;
  }

  /**
   * Creates and registers a parameter that products read: where their dtype is coarser it has a
   * copy in that, see {@link Parameter#as}.
   */
  protected final Parameter factor(Setup setup, String name, Shape shape, Initializer initializer) {
    Parameter parameter = parameter(setup, name, shape, initializer);
    if (setup.products() != setup.dtype()) {
      parameter.values().keepCopy(setup.products());
    }
    return parameter;
  }

  /** Registers a child under a name, which may contain dots. */
  protected final <M extends Module> M child(String name, M module) {
    register(name, true);
    children.put(name, module);
    return module;
  }

  /** Has {@code release} run when this module closes: for tables that are no parameters. */
  protected final void onClose(Runnable release) {
    releases.add(release);
  }

  private void register(String name, boolean child) {
    if (parameters.containsKey(name) || children.containsKey(name)) {
      throw new IllegalStateException("name " + name + " is taken in this module");
    }
    order.add(new Entry(name, child));
  }

  /** All parameters of this module and its children by path, in checkpoint order. */
  public final Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, Parameter> all) {
    for (Entry entry : order) {
      if (entry.child()) {
        child(entry.name()).collect(prefix + entry.name() + ".", all);
      } else {
        all.put(prefix + entry.name(), own(entry.name()));
      }
    }
  }

  private Module child(String name) {
    Module module = children.get(name);
    if (module == null) {
      throw new IllegalStateException("no child " + name);
    }
    return module;
  }

  private Parameter own(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalStateException("no parameter " + name);
    }
    return parameter;
  }

  /**
   * Brings copies of parameters up to date that were overwritten since, so that a program captured
   * next need not do it at every replay.
   */
  public final void refresh() {
    parameters().values().forEach(parameter -> parameter.values().refresh());
  }

  /** Number of trainable elements. */
  public final long parameterCount() {
    return parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
  }

  /** Turns dropout on or off in this module and all its children; off at first. */
  public final void training(boolean on) {
    training = on;
    children.values().forEach(child -> child.training(on));
  }

  /** Whether dropout is on. */
  public final boolean isTraining() {
    return training;
  }

  /** Releases the memory of parameters and tables. */
  @Override
  public final void close() {
    parameters.values().forEach(parameter -> parameter.values().close());
    children.values().forEach(Module::close);
    releases.forEach(Runnable::run);
  }
}
