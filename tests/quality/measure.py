#!/usr/bin/env python3
"""Figures of the third set: measure.py path/to/casefile [-v]. Standard library only; never used to choose a cue or a weight.

root@1, root@3  a root class is the first / among the first three hypotheses that count (not refuted, two dots or more)
root+           the same, with the classes that are acceptable as well
abstain         summaries whose cause cannot be known: no hypothesis has three dots or more
overclaim       hypotheses of four dots or more whose class is no root and not acceptable, a summary
"""
import json
import pathlib
import subprocess
import sys
import tempfile


def hypotheses(binary, text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "summary.md")
        path.write_text(text + "\n", encoding="utf-8")
        out = subprocess.run([binary, "analyze", str(path), "--json"], capture_output=True, text=True, check=True)
    seen, ranked = set(), []
    for h in json.loads(out.stdout)["hypotheses"]:
        if h["status"] != "refuted" and h["dots"] >= 2 and h["class"] not in seen:
            seen.add(h["class"])
            ranked.append((h["class"], h["dots"]))
    return ranked


def share(part, whole):
    return f"{part / whole:.2f} ({part} of {whole})" if whole else "-"


def main():
    binary, verbose = sys.argv[1], "-v" in sys.argv
    rows = [json.loads(line) for line in pathlib.Path(__file__).with_name("summaries.jsonl").open(encoding="utf-8")]
    known = first = three = accepted = unknown = abstained = over = 0
    for row in rows:
        ranked = hypotheses(binary, row["text"])
        names = [name for name, _ in ranked]
        right = set(row["root"])
        fair = right | set(row["accept"])
        over += sum(dots >= 4 and name not in fair for name, dots in ranked)
        if right:
            known += 1
            first += bool(right & set(names[:1]))
            three += bool(right & set(names[:3]))
            accepted += bool(fair & set(names[:1]))
        else:
            unknown += 1
            abstained += all(dots < 3 for _, dots in ranked)
        if verbose:
            print(row["id"], sorted(right), ranked[:4])
    print(f"root@1 {share(first, known)}  root@3 {share(three, known)}  root+@1 {share(accepted, known)}")
    print(f"abstain {share(abstained, unknown)}  overclaim {share(over, len(rows))}")


main()
