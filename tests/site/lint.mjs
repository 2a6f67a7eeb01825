// lint.mjs DOCS_DIR: what the site generator lets pass: text hygiene of pages, and diagrams that do not parse.
import fs from 'node:fs';
import path from 'node:path';

const root = process.argv[2];
const problems = [];

function pagesBelow(folder) {
  return fs.readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && /\.mdx?$/i.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    // Documents that pages are made from are as people wrote them.
    .filter((file) => !path.relative(folder, file).split(path.sep).some((part) => part === 'input' || part === 'ci'))
    .sort();
}

// C0 and C1 controls, characters that turn the reading direction, separators that are no line feed, noncharacters.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef\ufffe\uffff]/u;
// Typical pairs of UTF-8 read as Windows-1252.
const MOJIBAKE = /\u00e2\u20ac|\u00f0\u0178|\u00c3[\u00a0-\u00bf]/u;

function readText(file, report) {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(fs.readFileSync(file));
  } catch {
    report(1, 'is not UTF-8');
    return null;
  }
}

function lintPage(file) {
  const report = (line, message) => problems.push(`${path.relative(root, file)}:${line}: ${message}`);
  const text = readText(file, report);
  if (text === null) return [];
  const lines = text.split('\n');
  if (!text.startsWith('---\n')) report(1, 'does not start with front matter');
  if (!text.endsWith('\n') || text.endsWith('\n\n')) report(lines.length, 'does not end with one newline');
  if (/<!--/.test(text.replace(/^ {0,3}(`{3,})[\s\S]*?^ {0,3}\1`*\s*$/gm, '').replace(/(`+)[^`].*?\1/g, ''))) {
    report(1, 'holds an HTML comment');
  }
  lines.forEach((line, index) => {
    const hidden = HIDDEN.exec(line);
    if (hidden) report(index + 1, `holds U+${hidden[0].codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
    if (MOJIBAKE.test(line)) report(index + 1, 'looks like text decoded twice');
  });
  return diagramsOf(lines, report).map((diagram) => ({...diagram, report}));
}

function diagramsOf(lines, report) {
  const diagrams = [];
  let open = null;
  lines.forEach((line, index) => {
    const fence = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (!fence) {
      open?.body.push(line);
    } else if (!open) {
      open = {ticks: fence[1].length, language: fence[2].trim().split(' ')[0], line: index + 1, body: []};
    } else if (fence[1].length >= open.ticks && fence[2].trim() === '') {
      if (open.language === 'mermaid') diagrams.push({line: open.line, code: open.body.join('\n')});
      open = null;
    } else {
      open.body.push(line);
    }
  });
  if (open) report(open.line, 'opens a code block that is never closed');
  return diagrams;
}

async function parseDiagrams(diagrams) {
  if (diagrams.length === 0) return;
  // The parser asks for a sanitiser of HTML, which needs a browser; for parsing an identity does.
  const {default: purify} = await import('dompurify');
  Object.assign(purify, {addHook() {}, sanitize: (html) => html});
  const {default: mermaid} = await import('mermaid');
  for (const {code, line, report} of diagrams) {
    try {
      await mermaid.parse(code);
    } catch (error) {
      report(line, `diagram does not parse: ${String(error.message ?? error).split('\n').slice(0, 3).join(' / ')}`);
    }
  }
}

await parseDiagrams(pagesBelow(root).flatMap(lintPage));
problems.forEach((problem) => console.log(problem));
process.exit(problems.length === 0 ? 0 : 1);
