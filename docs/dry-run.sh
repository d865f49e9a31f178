#!/usr/bin/env bash
# From pictures to latents, training, samples and figures at a small size and without public
# weights: the autoencoder is a small one of random weights, so that the pictures show nothing, but
# every step is the one that full size takes. Some minutes on two processor cores.
#
#   docs/dry-run.sh [FOLDER]     FOLDER must be new or empty; default: a new one for temporary files
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
work=${1:-$(mktemp -d)}
bar() { "$root/bin/bar" "$@"; }

# Pictures in class folders; here would be ImageNet, as a folder or as the archive it comes in.
bar pictures --data embedded --size 32 --count 120 --out "$work/pictures"

# Latents of both flips; with --vae kl16.ckpt and --size 256 or 512 at full size. Killed, the same
# command goes on.
bar encode --data "$work/pictures" --vae "$work/vae.safetensors" --make-tiny-vae --size 32 --out "$work/latents"

bar train --data "$work/latents" --out "$work/run" --steps 20 --batch 16 --width 32 --heads 2 --layers 1 --sampler-steps 4 --columns 1

# For evaluators: a folder of single PNG files, and one .npz for each guidance scale. Killed, the
# same commands go on.
bar sample --run "$work/run" --out "$work/samples" --count 24 --batch 12
bar sample --run "$work/run" --out "$work/samples.npz" --count 24 --batch 12 --guidance 1,2

# The figures that need no downloaded network.
bar eval --run "$work/run" --count 24

printf 'everything is in %s\n' "$work"
