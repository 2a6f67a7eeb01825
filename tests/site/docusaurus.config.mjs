// A site that tolerates nothing: every broken link, anchor, route or directive fails the build.
import path from 'node:path';

const docs = process.env.SITE_DOCS;
if (!docs) throw new Error('SITE_DOCS is not set; run check.sh');

// The brand link of the navigation bar leads to "/", which needs a page.
const frontPage = () => ({
  name: 'front-page',
  async contentLoaded({actions}) {
    actions.addRoute({path: '/', exact: true, component: '@site/front-page.js'});
  },
});

export default {
  title: 'casefile strict site',
  url: 'https://example.invalid',
  baseUrl: '/',
  noIndex: true,
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  onDuplicateRoutes: 'throw',
  future: {
    // v4 switches off comments, heading ids and admonition titles of the older syntax: pages must do without.
    v4: process.env.SITE_V4 === '1' || {removeLegacyPostBuildHeadAttribute: true},
    faster: {
      swcJsLoader: true,
      swcJsMinimizer: true,
      lightningCssMinimizer: true,
      mdxCrossCompilerCache: true,
      rspackBundler: true,
      ssgWorkerThreads: true,
      // Reports malformed HTML as warnings, and warnings fail the check.
      swcHtmlMinimizer: true,
      // Its key leaves out environment variables, which choose the documents here.
      rspackPersistentCache: false,
      gitEagerVcs: false,
    },
    experimental_vcs: false,
  },
  markdown: {
    format: process.env.SITE_FORMAT || 'mdx',
    mermaid: true,
    hooks: {onBrokenMarkdownLinks: 'throw', onBrokenMarkdownImages: 'throw'},
  },
  plugins: [
    ['@docusaurus/plugin-content-docs', {
      path: path.resolve(docs),
      routeBasePath: 'docs',
      onInlineTags: 'throw',
      // Below `input` lie the documents that pages are made from, in `ci` a workflow with its note; they are nobody's pages.
      exclude: ['**/input/**', '**/ci/**', '**/_*/**', '**/_*.*'],
    }],
    frontPage,
  ],
  themes: ['@docusaurus/theme-classic', '@docusaurus/theme-mermaid'],
  themeConfig: {navbar: {title: 'Strict site'}},
};
