#!/usr/bin/env bash
# Fills fuzz/corpus/TARGET with the fixtures and examples of the repository, in pieces short enough to be changed often.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target="$1"
corpus="fuzz/corpus/$target"
mkdir -p "$corpus"
pieces() { # NAME LINES FILE…: each file in pieces of so many lines
  local name="$1" lines="$2" number=0
  shift 2
  for file in "$@"; do
    number=$((number + 1))
    split --lines="$lines" --suffix-length=3 "$file" "$corpus/$name-$number-"
  done
}
documents=(examples/*/input/*.md docs/guide/*.md README.md)
case "$target" in
  markdown | paths) pieces document 30 "${documents[@]}" ;;
  log_line)
    for log in examples/*/input/logs/*.log; do pieces log 5 <(head -100 "$log"); done
    pieces formats 1 fuzz/seeds/log-lines.txt
    ;;
  trace)
    for file in tests/fixtures/traces/*/*.txt tests/fixtures/locks/*.txt; do
      cp "$file" "$corpus/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
    ;;
  payload)
    pieces document 15 "${documents[@]}"
    pieces payload 8 fuzz/seeds/payloads.txt
    ;;
  rule) cp rules/*.yaml "$corpus" ;;
  *)
    echo "seed.sh: no target \`$target\`" >&2
    exit 2
    ;;
esac
