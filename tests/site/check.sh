#!/usr/bin/env bash
# check.sh [--v4] [--format mdx|md|detect] [--out DIR] DOCS_DIR
# Builds every page below DOCS_DIR (folders named `input` or `ci` left out) strictly, after checking text hygiene and diagrams.
# Exit 0: clean; 1: problems, listed; 2: usage or set-up.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
v4=0 format=mdx out=
usage() { sed -n '2,4p' "$here/check.sh" | cut -c3- >&2; exit 2; }

while [ $# -gt 0 ]; do
  case $1 in
    --v4) v4=1; shift ;;
    --format) [ $# -gt 1 ] || usage; format=$2; shift 2 ;;
    --out) [ $# -gt 1 ] || usage; out=$2; shift 2 ;;
    -*) usage ;;
    *) break ;;
  esac
done
[ $# -eq 1 ] && [ -d "$1" ] || usage
docs=$(cd "$1" && pwd -P)

work=$(mktemp -d)
generated=.docusaurus-$$
trap 'rm -rf "$work" "$here/$generated"' EXIT
if [ -n "$out" ]; then mkdir -p "$out"; out=$(cd "$out" && pwd -P); else out=$work/site; fi
cd "$here"

# Packages are installed once for each state of the lock file.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  npm ci --prefer-offline --loglevel=error >&2 || { echo "check: npm ci does not succeed" >&2; exit 2; }
  cp package-lock.json node_modules/.installed-lock
fi

failed=0
node lint.mjs "$docs" || failed=1

export SITE_DOCS=$docs SITE_FORMAT=$format SITE_V4=$v4
export DOCUSAURUS_GENERATED_FILES_DIR_NAME=$generated NODE_ENV=production CI=1 NO_COLOR=1 FORCE_COLOR=0
if ! node node_modules/@docusaurus/core/bin/docusaurus.mjs build --no-minify --out-dir "$out" >"$work/log" 2>&1 \
  || grep -qE '^\[?(WARNING|ERROR)\]?' "$work/log"; then
  failed=1
  # Stack frames of the generator say nothing about a page.
  sed -E 's/\x1b\[[0-9;]*m//g' "$work/log" | grep -vE '^ +at ' | grep -vE '^\s*$' | head -n 80
fi

if [ $failed -eq 0 ]; then
  echo "check: $(cd "$docs" && find . -name '*.md' -not -path '*/input/*' -not -path './ci/*' | wc -l | tr -d ' ') pages, format $format, v4 $v4: clean"
else
  echo "check: problems found" >&2
fi
exit $failed
