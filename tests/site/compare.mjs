// compare.mjs EXPECTED_JSON HTML_DIR: does the built HTML show each string as it is, in each context?
import fs from 'node:fs';
import path from 'node:path';
import {parse} from 'parse5';

const [expectedFile, htmlDir] = process.argv.slice(2);
const CONTEXTS = ['paragraph', 'list', 'quote', 'label', 'heading', 'summary', 'cell'];
// All that the escaper, the page frame and the site's own components may bring in.
const ELEMENTS = new Set(['div', 'p', 'ul', 'li', 'blockquote', 'strong', 'h1', 'h3', 'details', 'summary', 'table', 'thead', 'tbody', 'tr', 'th', 'td',
  'span', 'br', 'a', 'code', 'samp', 'pre', 'button', 'svg', 'path']);

const attribute = (node, name) => node.attrs?.find((a) => a.name === name)?.value;

function* elements(node) {
  for (const child of node.childNodes ?? []) {
    if (child.tagName) yield child;
    yield* elements(child);
  }
}

/** Text as a reader sees it: line breaks as line feeds, without the site's anchors and buttons. */
function textOf(node) {
  if (node.nodeName === '#text') return node.value;
  if (node.tagName === 'br') return '\n';
  if (node.tagName === 'button' || attribute(node, 'class')?.includes('hash-link')) return '';
  return (node.childNodes ?? []).map(textOf).join('');
}

const found = new Map();
for (const entry of fs.readdirSync(htmlDir, {recursive: true})) {
  if (!entry.endsWith('.html')) continue;
  const document = parse(fs.readFileSync(path.join(htmlDir, entry), 'utf8'));
  for (const element of elements(document)) {
    const id = attribute(element, 'id');
    if (id?.startsWith('value-')) found.set(id.slice('value-'.length), element);
  }
}

const lines = (text) => text.split('\n').map((line) => line.replace(/[ \t]+/g, ' ').trim()).filter(Boolean).join('\n');
const oneLine = (text) => text.replace(/[ \t\n]+/g, ' ').trim();
const exact = (text) => text.split('\n').map((line) => line.replace(/[ \t]+$/, '')).join('\n').replace(/^\n+|\n+$/g, '');

/** The part of the wrapper that holds the value. */
function valueOf(wrapper, context) {
  const all = [...elements(wrapper)];
  if (context === 'summary') return all.find((e) => e.tagName === 'summary');
  if (context === 'cell') return all.find((e) => e.tagName === 'td');
  return wrapper;
}

let compared = 0;
const problems = [];

function compare(id, context, normalise, shown) {
  const wrapper = found.get(context ? `${id}-${context}` : id);
  if (!wrapper) return problems.push(`${id} ${context}: not found in the HTML`);
  compared += 1;
  const value = valueOf(wrapper, context);
  if (!value) return problems.push(`${id} ${context}: the block around it is gone`);
  const text = textOf(value);
  const actual = normalise(context === 'label' ? text.replace(/^\s*Label: ?/, '') : text);
  if (actual !== normalise(shown)) {
    problems.push(`${id} ${context}: ${JSON.stringify(normalise(shown))} is shown as ${JSON.stringify(actual)}`);
  }
  for (const element of elements(wrapper)) {
    const event = element.attrs.find((a) => a.name.startsWith('on'));
    if (!ELEMENTS.has(element.tagName) || event) problems.push(`${id} ${context}: holds <${element.tagName}>`);
  }
}

for (const {id, kind, shown} of JSON.parse(fs.readFileSync(expectedFile, 'utf8'))) {
  if (kind === 'block') compare(id, '', exact, shown);
  else for (const context of CONTEXTS) compare(id, context, kind === 'span' ? oneLine : lines, shown);
}
problems.slice(0, 60).forEach((problem) => console.log(problem));
console.log(`compare: ${compared} values compared, ${problems.length} differences`);
process.exit(problems.length === 0 && compared > 0 ? 0 : 1);
