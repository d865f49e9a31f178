package org.basisar.bar.ablation;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.TransformKind;

/**
 * One way to train. Arms of the same name are the same run, whichever table they stand in.
 *
 * @param name of the run folder, without the seed
 * @param optional whether it is left out where images or network do not suit it
 * @param change from what the user configured to what this arm trains
 */
record Arm(String name, boolean optional, UnaryOperator<RunConfig> change) {
  /** The network without a basis. */
  static final Arm XAR =
      ofBasis("xar", basis -> fixed(basis, TransformKind.XAR, Objective.Kind.PLAIN));

  /** The paper's method: learned from the identity, residual loss, soft projection. */
  static final Arm BAR = ofBasis("bar", Arm::proposed);

  static final Arm ORTHOGONAL_START =
      ofBasis("bar-start-orthogonal", basis -> proposed(basis).withStart(BasisStart.ORTHOGONAL));
  static final Arm NO_PROJECTION =
      ofBasis("bar-projection-none", basis -> proposed(basis).withProjection(Projection.Kind.NONE));
  static final Arm HARD_PROJECTION =
      ofBasis("bar-projection-hard", basis -> proposed(basis).withProjection(Projection.Kind.HARD));
  static final Arm PLAIN =
      ofBasis("bar-plain", basis -> proposed(basis).withObjective(Objective.Kind.PLAIN));
  static final Arm OFFLINE =
      ofBasis("pca-residual", basis -> fixed(basis, TransformKind.PCA, Objective.Kind.RESIDUAL));

  private static Arm ofBasis(String name, UnaryOperator<RunConfig.Basis> change) {
    return new Arm(name, false, config -> config.withBasis(change.apply(config.basis())));
  }

  /** A matrix that is not learned, with the plain loss. */
  static Arm fixed(TransformKind transform) {
    String name = transform.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new Arm(
        name + "-plain",
        true,
        config -> config.withBasis(fixed(config.basis(), transform, Objective.Kind.PLAIN)));
  }

  private static RunConfig.Basis fixed(
      RunConfig.Basis basis, TransformKind transform, Objective.Kind objective) {
    return basis
        .withStart(BasisStart.IDENTITY)
        .withTransform(TransformKind.LEARNED)
        .withObjective(objective)
        .withTransform(transform);
  }

  private static RunConfig.Basis proposed(RunConfig.Basis basis) {
    return basis
        .withTransform(TransformKind.LEARNED)
        .withStart(BasisStart.IDENTITY)
        .withObjective(Objective.Kind.RESIDUAL)
        .withProjection(Projection.Kind.SOFT);
  }

  /** The same arm with another network. */
  Arm with(ModelSize size) {
    return size == ModelSize.BASE
        ? this
        : new Arm(
            name + "-" + size.letter(),
            false,
            config -> change.apply(config).withNetwork(size.of(config.network())));
  }
}
