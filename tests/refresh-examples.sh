#!/usr/bin/env bash
# Writes examples/*/case anew, and the generated documentation. Read the difference before you commit it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo build --locked --quiet
bin="${CARGO_TARGET_DIR:-target}/debug/casefile"
now=2026-01-01T00:00:00Z
for example in examples/*/input; do
  case="$(dirname "$example")/case"
  rm -rf "$case"
  "$bin" analyze "$example" --out "$case" --now "$now"
  "$bin" plan "$case"/*/ --draft --now "$now"
  rm -rf "$case"/*/.generated
done
"$bin" rules doc --out docs/rules
mkdir -p docs/schema
for name in case plan rule logs gate; do "$bin" schema "$name" >"docs/schema/$name.json"; done
