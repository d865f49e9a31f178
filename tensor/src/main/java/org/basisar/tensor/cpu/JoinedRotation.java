package org.basisar.tensor.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Storage;
import org.basisar.tensor.cpu.BoundLaunch.Range;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions inside attention. In a captured program attention turns queries and keys where
 * the product before has left them, and leaves their gradients, turned back, where the product
 * after reads them: two passes over three tensors less. This is done where nothing else reads the
 * tensors that are then not written. The bits are the same.
 */
final class JoinedRotation {
  private final List<BoundLaunch> launches;
  private final @Nullable Launch[] result;

  private JoinedRotation(List<BoundLaunch> launches) {
    this.launches = launches;
    result = launches.toArray(new @Nullable Launch[0]);
  }

  /** The launches with those joined that can be. */
  static List<Launch> in(List<BoundLaunch> launches) {
    JoinedRotation all = new JoinedRotation(launches);
    for (int i = 0; i < launches.size(); i++) {
      if (launches.get(i).launch() instanceof FastAttention.RotarySplit split) {
        all.join(i, split);
      }
    }
    return Arrays.stream(all.result).filter(Objects::nonNull).map(Launch.class::cast).toList();
  }

  private void join(int rotation, FastAttention.RotarySplit split) {
    List<Range> parts = launches.get(rotation).writes();
    List<Integer> readers = others(parts, rotation);
    if (readers.isEmpty() || readers.size() > 2 || !released(parts)) {
      return;
    }
    BoundLaunch attention = launches.get(readers.getFirst());
    int last = readers.getLast();
    if (!(attention.launch() instanceof FastAttention.Forward forward)
        || !attention.begins(parts)
        || !stays(rotation, last)) {
      return;
    }
    if (readers.size() == 2) {
      FastAttention.Backward backward = backward(rotation, last, split);
      if (backward == null) {
        return;
      }
      result[last] = backward;
      result[last + 1] = null;
    }
    result[rotation] = null;
    result[readers.getFirst()] = forward.rotating(split);
  }

  /**
   * Whether what the rotation reads is read by nobody afterwards and stays until attention is done.
   */
  private boolean stays(int rotation, int last) {
    List<Range> sources = launches.get(rotation).reads();
    Storage joined = sources.getFirst().storage();
    if (!joined.released()) {
      return false;
    }
    for (int i = rotation + 1; i < launches.size(); i++) {
      if (launches.get(i).touches(joined)
          || (i <= last && sources.stream().anyMatch(launches.get(i)::overwrites))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The gradient of attention that leaves its results turned back and joined; null if it cannot.
   */
  private FastAttention.@Nullable Backward backward(
      int rotation, int gradient, FastAttention.RotarySplit split) {
    int next = gradient + 1;
    BoundLaunch attention = launches.get(gradient);
    if (next == launches.size()
        || !(attention.launch() instanceof FastAttention.Backward backward)
        || !(launches.get(next).launch() instanceof FastAttention.RotaryJoin join)) {
      return null;
    }
    List<Range> sources = launches.get(rotation).reads();
    BoundLaunch joining = launches.get(next);
    Range target = joining.writes().getFirst();
    boolean fits =
        attention.begins(launches.get(rotation).writes())
            && joining.begins(attention.writes())
            && joining.reads().subList(3, 5).equals(sources.subList(1, 3))
            && released(attention.writes())
            && others(attention.writes(), gradient).equals(List.of(next))
            && attention.reads().stream().skip(3).noneMatch(target::overlaps)
            && sources.stream().noneMatch(target::overlaps);
    return fits ? backward.rotating(split, join) : null;
  }

  /** Which launches besides one touch any of these tensors. */
  private List<Integer> others(List<Range> tensors, int one) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < launches.size(); i++) {
      BoundLaunch launch = launches.get(i);
      if (i != one && tensors.stream().anyMatch(range -> launch.touches(range.storage()))) {
        found.add(i);
      }
    }
    return found;
  }

  private static boolean released(List<Range> tensors) {
    return tensors.stream().allMatch(range -> range.storage().released());
  }
}
