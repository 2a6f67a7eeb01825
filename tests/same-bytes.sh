#!/usr/bin/env bash
# The same input gives the same bytes: under another time zone, locale, working directory and number of threads.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cargo build --locked --quiet --manifest-path "$root/Cargo.toml"
bin="${CARGO_TARGET_DIR:-$root/target}/debug/casefile"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for example in "$root"/examples/*/input; do
  name=$(basename "$(dirname "$example")")
  (cd "$root" && TZ=UTC LC_ALL=C RAYON_NUM_THREADS=1 "$bin" analyze "$example" --json --now 2026-01-01T00:00:00Z) >"$work/a.json"
  (cd "$work" && TZ=Asia/Kolkata LC_ALL=C.UTF-8 RAYON_NUM_THREADS=4 "$bin" analyze "$example" --json --now 2026-01-01T00:00:00Z) >"$work/b.json"
  cmp "$work/a.json" "$work/b.json" || { echo "same-bytes: $name differs" >&2; exit 1; }
done
echo "same-bytes: ok"
