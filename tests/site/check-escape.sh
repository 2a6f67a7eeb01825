#!/usr/bin/env bash
# check-escape.sh [DIR]
# Builds the pages of hostile strings that `cargo test --test escape_site` writes (default: target/tmp/site/escape) as MDX,
# as MDX of the next major version and as CommonMark, and compares the text of the HTML with the strings.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
strings=${1:-$here/../../target/tmp/site/escape}
[ -f "$strings/expected.json" ] || { echo "check-escape: $strings holds no pages; run the test first" >&2; exit 2; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

failed=0
for mode in "mdx" "mdx --v4" "md"; do
  # shellcheck disable=SC2086
  "$here/check.sh" --format $mode --out "$out/site" "$strings/docs" || failed=1
  node "$here/compare.mjs" "$strings/expected.json" "$out/site/docs" || failed=1
done
exit $failed
