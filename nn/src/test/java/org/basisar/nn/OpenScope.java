package org.basisar.nn;

import org.basisar.tensor.Scope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs every test of a class in a scope of its own. */
final class OpenScope implements BeforeEachCallback, AfterEachCallback {
  private @Nullable Scope scope;

  @Override
  public void beforeEach(ExtensionContext context) {
    scope = Scope.open();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (scope != null) {
      scope.close();
    }
  }
}
