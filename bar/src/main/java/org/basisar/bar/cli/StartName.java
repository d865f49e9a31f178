package org.basisar.bar.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.transform.TransformKind;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The first value of a learned basis by name, with a sentence on transforms that cannot be one. */
final class StartName implements ITypeConverter<BasisStart> {
  @Override
  public BasisStart convert(String word) {
    for (BasisStart start : BasisStart.values()) {
      if (start.name().equalsIgnoreCase(word)) {
        return start;
      }
    }
    boolean known =
        Arrays.stream(TransformKind.values())
            .anyMatch(kind -> !kind.square() && kind.name().equalsIgnoreCase(word));
    throw new TypeConversionException(
        (known
                ? "a learned basis has as many coefficients as tokens, " + word + " has not"
                : "there is no start \"" + word + "\"")
            + "; choose one of "
            + Arrays.stream(BasisStart.values())
                .map(start -> start.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }
}
