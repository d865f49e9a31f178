package org.basisar.kernels.attention;

import org.basisar.gpu.Parameters;

/**
 * Dropout of probabilities by the numbers of one call, element ((image · heads + head) · queries +
 * query) · keys + key.
 *
 * @param state address of the random state {seed low, seed high, step low, step high}; not read if
 *     the rate is 0
 * @param rate probability of dropping, 0 for none
 * @param call which draw of the step
 */
public record AttentionDropout(long state, double rate, int call) {
  /** No dropout. */
  public static final AttentionDropout NONE = new AttentionDropout(0, 0, 0);

  /** Adds what the kernels need to know besides the state's address. */
  Parameters addTo(Parameters parameters) {
    // A uniform number is a 24-bit integer over 2^24, so that comparing integers compares exactly.
    return parameters
        .int32((int) Math.ceil(rate * 0x1p24))
        .float32(rate == 0 ? 0 : (float) (1 / (1 - rate)))
        .int32(call);
  }
}
