#!/usr/bin/env python3
"""Figures of the sentences: sentences.py path/to/casefile a|b [-v]. Standard library only; half b is never used to choose a cue.

heard  a rule of the sentence's class has any match
first  it has the most points
silent no rule has any match
noise  sentences of no class that bring a hypothesis of two dots
"""
import json
import pathlib
import subprocess
import sys
import tempfile

CLASS = {"permissive-header": "permissive-check", "missing-integrity-check": "permissive-check"}


def cases(binary, texts):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, f"{number}.md") for number in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_text(text + "\n", encoding="utf-8")
        names = "".join(f"{path}\n" for path in paths)
        out = subprocess.run([binary, "analyze", "--jsonl"], input=names, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def classes(case):
    live = [h for h in case["hypotheses"] if h["status"] != "refuted"] + case.get("considered", [])
    return [h["class"] for h in sorted(live, key=lambda h: -h["points"])]


def main():
    binary, half, verbose = sys.argv[1], sys.argv[2], "-v" in sys.argv
    rows = map(json.loads, pathlib.Path(__file__).with_name("sentences.jsonl").open(encoding="utf-8"))
    rows = [row for row in rows if row["half"] == half]
    count = heard = first = silent = none = noise = 0
    for row, case in zip(rows, cases(binary, [row["text"] for row in rows])):
        found = classes(case)
        if row["class"] == "none":
            none += 1
            noise += any(h["dots"] >= 2 for h in case["hypotheses"])
            continue
        wanted = CLASS.get(row["class"], row["class"])
        count += 1
        heard += wanted in found
        first += found[:1] == [wanted]
        silent += not found
        if verbose and found[:1] != [wanted]:
            print(row["class"], found[:3], row["text"])
    print(f"heard {heard / count:.2f}  first {first / count:.2f}  silent {silent / count:.2f}  of {count};  noise {noise} of {none}")


main()
