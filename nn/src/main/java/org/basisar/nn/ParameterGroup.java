package org.basisar.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Parameters that share optimiser settings.
 *
 * @param name for messages and checkpoints
 * @param parameters by path
 * @param weightDecay decoupled decay, 0 for none
 * @param rateScale factor on the learning rate
 * @param clipped whether the group's gradients count in the global norm and are clipped by it
 */
public record ParameterGroup(
    String name,
    Map<String, Parameter> parameters,
    double weightDecay,
    double rateScale,
    boolean clipped) {

  /** A group that is clipped with the others. */
  public ParameterGroup(
      String name, Map<String, Parameter> parameters, double weightDecay, double rateScale) {
    this(name, parameters, weightDecay, rateScale, true);
  }

  /** Copies the map, keeping its order. */
  public ParameterGroup {
    parameters = new LinkedHashMap<>(parameters);
  }

  /**
   * Splits parameters by the rule of the public xAR code: vectors and everything named {@code bias}
   * are not decayed, the rest is.
   */
  public static List<ParameterGroup> byShape(Map<String, Parameter> parameters, double decay) {
    return byShape(parameters, decay, _ -> true);
  }

  /**
   * The same, with more parameters that are not decayed.
   *
   * @param decays whether a path may be decayed if the rule says so too
   */
  public static List<ParameterGroup> byShape(
      Map<String, Parameter> parameters, double decay, Predicate<String> decays) {
    Map<String, Parameter> plain = new LinkedHashMap<>();
    Map<String, Parameter> decayed = new LinkedHashMap<>();
    parameters.forEach((path, parameter) -> {
      boolean spared =
          parameter.shape().rank() <= 1 || path.endsWith(".bias") || !decays.test(path);
      (spared ? plain : decayed).put(path, parameter);
    });
    return List.of(
        new ParameterGroup("no decay", plain, 0, 1),
        new ParameterGroup("decay", decayed, decay, 1));
  }
}
