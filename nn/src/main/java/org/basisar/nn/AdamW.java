package org.basisar.nn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * AdamW with parameter groups, clipping by the global gradient norm, and an exponential moving
 * average of the weights, all in one pass over memory per group. A step whose gradient norm is not
 * finite changes nothing.
 */
public final class AdamW implements AutoCloseable {
  /**
   * Settings shared by all groups.
   *
   * @param beta1 decay of the first moment
   * @param beta2 decay of the second moment
   * @param epsilon added to the root of the second moment
   * @param maxNorm gradients are scaled down to this global norm; infinity turns it off
   * @param averageDecay decay of the weights' moving average
   */
  public record Settings(
      double beta1, double beta2, double epsilon, double maxNorm, double averageDecay) {
    /** The values of the public xAR code: 0.9, 0.96, 1e-8, 1.0, 0.9999. */
    public static Settings xar() {
      return new Settings(0.9, 0.96, 1e-8, 1.0, 0.9999);
    }
  }

  /** Optimiser state of one parameter, in the parameter's dtype and shape. */
  private record State(Parameter parameter, Tensor first, Tensor second, Values average) {
    /** Copy of the weights in the dtype of products, written in the same pass. */
    @Nullable Tensor copy() {
      return parameter.values().copy();
    }
  }

  /** States of a group, those with a copy first. */
  private record Group(ParameterGroup settings, List<State> states, Tensor control) {}

  private final Settings settings;
  private final List<Group> groups = new ArrayList<>();
  private final Map<String, State> byPath = new LinkedHashMap<>();

  /** A group's control on its way to the device, kept so that a step takes nothing of the heap. */
  private final double[] wide = new double[3];

  private final float[] narrow = new float[3];

  /** An optimiser at step 0; the average starts as a copy of the weights. */
  public AdamW(Settings settings, List<ParameterGroup> parameterGroups) {
    this.settings = settings;
    for (ParameterGroup group : parameterGroups) {
      if (group.parameters().isEmpty()) {
        continue;
      }
      List<State> states = new ArrayList<>();
      group
          .parameters()
          .forEach((path, parameter) -> {
            State state = create(parameter);
            states.add(state);
            byPath.put(path, state);
          });
      states.sort(Comparator.comparing(state -> state.copy() == null));
      DType dtype = states.getFirst().parameter().tensor().dtype();
      Tensor control = Scope.outside(() -> Tensor.zeros(dtype, 3));
      groups.add(new Group(group, states, control));
    }
  }

  private static State create(Parameter parameter) {
    Shape shape = parameter.shape();
    DType dtype = parameter.tensor().dtype();
    return Scope.outside(() -> {
      Tensor average = Ops.fill(shape, dtype, 0);
      Ops.copyInto(average, parameter.tensor());
      return new State(
          parameter, Ops.fill(shape, dtype, 0), Ops.fill(shape, dtype, 0), new Values(average));
    });
  }

  /**
   * Sets learning rate and bias corrections for the next {@link #update}; not part of a captured
   * program, so it is called before every replay. Copies of weights that were overwritten since the
   * last update, as by a checkpoint, are brought up to date.
   *
   * @param step number of updates done before
   */
  public void prepare(long step, double learningRate) {
    double first = -Math.expm1((step + 1) * Math.log(settings.beta1()));
    double second = -Math.expm1((step + 1) * Math.log(settings.beta2()));
    byPath.values().forEach(state -> state.parameter().values().refresh());
    for (Group group : groups) {
      double rate = learningRate * group.settings().rateScale();
      if (group.control().dtype() == DType.F64) {
        wide[0] = rate;
        wide[1] = first;
        wide[2] = second;
        group.control().copyFrom(wide, 0);
      } else {
        narrow[0] = (float) rate;
        narrow[1] = (float) first;
        narrow[2] = (float) second;
        group.control().copyFrom(narrow, 0);
      }
    }
  }

  /**
   * Updates every parameter.
   *
   * @param gradients gives the gradient of a parameter
   * @return the global gradient norm of all groups before clipping, a scalar
   */
  public Tensor update(Function<Parameter, Tensor> gradients) {
    Map<State, Tensor> own = new LinkedHashMap<>();
    for (State state : byPath.values()) {
      own.put(state, Ops.contiguous(gradients.apply(state.parameter())));
    }
    Tensor norm = Ops.globalNorm(own.values().toArray(new Tensor[0]));
    Tensor clipping = clippingNorm(own, norm);
    for (Group group : groups) {
      boolean clipped = group.settings().clipped();
      update(
          group,
          own,
          clipped ? clipping : norm,
          clipped ? settings.maxNorm() : Double.POSITIVE_INFINITY);
    }
    return norm;
  }

  /** The norm of the groups that are clipped; not finite if any gradient at all is not. */
  private Tensor clippingNorm(Map<State, Tensor> gradients, Tensor norm) {
    Set<State> unclipped = new HashSet<>();
    for (Group group : groups) {
      if (!group.settings().clipped()) {
        unclipped.addAll(group.states());
      }
    }
    if (unclipped.isEmpty() || unclipped.size() == gradients.size()) {
      return norm;
    }
    Tensor[] counted =
        gradients.entrySet().stream()
            .filter(entry -> !unclipped.contains(entry.getKey()))
            .map(Map.Entry::getValue)
            .toArray(Tensor[]::new);
    // Zero times infinity is not a number, so that a bad step reaches no group.
    return Ops.add(Ops.globalNorm(counted), Ops.scale(norm, 0));
  }

  private void update(Group group, Map<State, Tensor> gradients, Tensor norm, double maxNorm) {
    List<Tensor> operands = new ArrayList<>();
    operands.add(group.control());
    operands.add(norm);
    List<Tensor> copies = new ArrayList<>();
    for (State state : group.states()) {
      operands.add(state.parameter().tensor());
      Tensor copy = state.copy();
      if (copy != null) {
        // If the step is a bad one, neither is written.
        state.parameter().values().refresh();
        copies.add(copy);
      }
    }
    group.states().forEach(state -> operands.add(Objects.requireNonNull(gradients.get(state))));
    group.states().forEach(state -> operands.add(state.first()));
    group.states().forEach(state -> operands.add(state.second()));
    group.states().forEach(state -> operands.add(state.average().tensor()));
    operands.addAll(copies);
    Engine.run(
        new Optimization.AdamW(
            group.states().size(),
            copies.size(),
            settings.beta1(),
            settings.beta2(),
            settings.epsilon(),
            group.settings().weightDecay(),
            maxNorm,
            settings.averageDecay()),
        operands.toArray(new Tensor[0]));
    group.states().forEach(state -> state.parameter().values().copyIsCurrent());
  }

  /** The parameters this optimiser updates, by path. */
  public Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    byPath.forEach((path, state) -> all.put(path, state.parameter()));
    return all;
  }

  /** Moving averages by path. */
  public Map<String, Tensor> averages() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    byPath.forEach((path, state) -> all.put(path, state.average().tensor()));
    return all;
  }

  /** Moments by path with {@code .first} and {@code .second} appended. */
  public Map<String, Tensor> moments() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    byPath.forEach((path, state) -> {
      all.put(path + ".first", state.first());
      all.put(path + ".second", state.second());
    });
    return all;
  }

  /** Restores the trained weights when closed. */
  @FunctionalInterface
  public interface Averaged extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Puts the averaged weights in use until the result is closed: a model sampled meanwhile is the
   * averaged one. Programs captured before keep reading the trained weights.
   */
  public Averaged averaged() {
    return averaged(_ -> true);
  }

  /**
   * The same for some parameters only; the others stay as they are trained.
   *
   * @param wanted by path
   */
  public Averaged averaged(Predicate<String> wanted) {
    Map<State, Values> trained = new LinkedHashMap<>();
    byPath.forEach((path, state) -> {
      if (wanted.test(path)) {
        trained.put(state, use(state));
      }
    });
    return () -> trained.forEach((state, values) -> state.parameter().exchange(values));
  }

  /** Puts the average of one parameter in use and returns what was. */
  private static Values use(State state) {
    Tensor copy = state.copy();
    if (copy != null) {
      state.average().keepCopy(copy.dtype());
      // Replays write averages without a trace.
      state.average().refreshAnyway();
    }
    return state.parameter().exchange(state.average());
  }

  /** Releases moments and averages. */
  @Override
  public void close() {
    for (Group group : groups) {
      group.control().close();
      for (State state : group.states()) {
        state.first().close();
        state.second().close();
        state.average().close();
      }
    }
  }
}
