package org.basisar.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of the tensors made inside it; to tensor memory what an arena is to foreign memory.
 *
 * <table>
 *   <caption>Lifetimes</caption>
 *   <tr><th>tensor made</th><th>lives until</th></tr>
 *   <tr><td>inside a scope</td><td>that scope closes</td></tr>
 *   <tr><td>inside a scope, then kept</td><td>the enclosing scope closes</td></tr>
 *   <tr><td>with no scope open, or kept from the outermost</td><td>its own close</td></tr>
 * </table>
 *
 * <p>A scope belongs to the thread that opened it and must be closed by that thread, innermost
 * first. Closing twice throws, because a second close reveals a mistake.
 */
public final class Scope implements AutoCloseable {
  private final Thread owner = Thread.currentThread();
  private final @Nullable Scope parent;
  private final List<Tensor> tensors = new ArrayList<>();
  private boolean closed;

  private Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  /** Opens a scope inside the innermost one of this thread. */
  public static Scope open() {
    Engine.State state = Engine.state();
    Scope scope = new Scope(state.scope);
    state.scope = scope;
    return scope;
  }

  /**
   * Moves a tensor of this scope to the enclosing one, or to none if this is the outermost.
   *
   * @return the tensor
   */
  public Tensor keep(Tensor tensor) {
    keepAll(List.of(tensor));
    return tensor;
  }

  /** Moves several tensors out at once. */
  public void keepAll(Iterable<Tensor> kept) {
    Set<Tensor> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.forEach(chosen::add);
    tensors.removeIf(tensor -> {
      if (!chosen.contains(tensor)) {
        return false;
      }
      if (parent != null) {
        parent.adopt(tensor);
      } else {
        guard(tensor);
      }
      return true;
    });
  }

  /**
   * Runs {@code body} as if no scope were open: what it makes lives until its owner closes it. For
   * parameters and other state that outlives the step in which it is made.
   */
  public static <T> T outside(Supplier<T> body) {
    Engine.State state = Engine.state();
    Scope before = state.scope;
    state.scope = null;
    try {
      return body.get();
    } finally {
      state.scope = before;
    }
  }

  /**
   * Runs {@code body}, and if it throws, closes what it had made {@link #outside} of scopes: for
   * the construction of objects that own tensors and would otherwise be lost half-made.
   */
  public static <T> T guarded(Supplier<T> body) {
    Engine.State state = Engine.state();
    List<Tensor> before = state.unowned;
    List<Tensor> made = new ArrayList<>();
    state.unowned = made;
    boolean done = false;
    try {
      T result = body.get();
      done = true;
      return result;
    } finally {
      state.unowned = before;
      if (!done) {
        made.forEach(Tensor::closeIfOpen);
      } else if (before != null) {
        before.addAll(made);
      }
    }
  }

  /** Notes a tensor that no scope owns, if somebody may have to close it. */
  static void guard(Tensor tensor) {
    List<Tensor> unowned = Engine.state().unowned;
    if (unowned != null) {
      unowned.add(tensor);
    }
  }

  void adopt(Tensor tensor) {
    if (closed) {
      throw new IllegalStateException("scope is closed");
    }
    tensors.add(tensor);
  }

  /**
   * Closes every tensor that is still in this scope.
   *
   * @throws IllegalStateException if already closed, or if a scope opened later is still open
   * @throws WrongThreadException if called by another thread than the opener
   */
  @Override
  public void close() {
    if (Thread.currentThread() != owner) {
      throw new WrongThreadException("scope belongs to thread " + owner.getName());
    }
    if (closed) {
      throw new IllegalStateException("scope is already closed");
    }
    Engine.State state = Engine.state();
    if (state.scope != this) {
      throw new IllegalStateException("a scope opened inside this one is still open");
    }
    state.scope = parent;
    closed = true;
    // Newest first, so that the pool hands blocks out in the order they were first used.
    for (int i = tensors.size() - 1; i >= 0; i--) {
      tensors.get(i).closeIfOpen();
    }
    tensors.clear();
  }
}
