//! Which words are files by their extension, and which only look like one (products, members, hosts).

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Extensions of source code, configuration, data and documents that belong to a code base. Logs are evidence, not code.
static EXTENSIONS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    const TABLE: &str = "
        adoc asm asp aspx astro avsc bash bat bazel bzl c cc cfg cjs clj cljs cmake cmd cnf conf config cpp cql cron cs cshtml
        csproj css csv cts cxx dart eex ejs env erb erl ex exs feature fs fsproj fsx go gql gradle graphql groovy h haml hbs
        hcl hh hpp hrl hs htm html in ini ipynb j2 java jl js json json5 jsonc jsonl jsonnet jsp jsx kt kts less libsonnet
        lock lua m md mdx mjs mk ml mm mod mts nix nomad patch php pl plist pm pom pp prisma properties proto ps1 psm1 pxd py
        pyi pyx r rake rb rego rs rst sass sbt scala scss service sh slim sln sol sql storyboard sum svelte swift tcl tf
        tfvars thrift timer tmpl toml tpl ts tsv tsx txt vb vbproj vue xib xml xsd xsl yaml yml zig zsh";
    TABLE.split_whitespace().collect()
});

/// Extensions that are words as well: a bare `self.config` or `app.env` is a member more often than a file.
const WEAK: &[&str] =
    &["config", "env", "feature", "fs", "in", "lock", "m", "mod", "pp", "properties", "r", "service", "sum", "timer"];

/// Bare files with a weak extension that are files all the same, in lower case.
static KNOWN_FILES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    "app.config application.properties cargo.lock composer.lock gemfile.lock go.mod go.sum gradle.properties local.properties
     log4j.properties manifest.in poetry.lock web.config yarn.lock"
        .split_whitespace()
        .collect()
});

/// Products whose names look like files, in lower case.
static PRODUCTS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    "alpine.js angular.js backbone.js chart.js d3.js deno.js discord.js docs.rs ember.js express.js fastify.js hapi.js jquery.js
     knockout.js koa.js moment.js nest.js next.js node.js nuxt.js p5.js passport.js phoenix.js react.js require.js sails.js
     solid.js three.js underscore.js vue.js web3.js"
        .split_whitespace()
        .collect()
});

const HOST_ENDINGS: &[&str] =
    &[".ai", ".app", ".cloud", ".co", ".com", ".de", ".dev", ".eu", ".io", ".net", ".org", ".uk"];

/// Whether the last segment of a path ends in a known extension.
pub(super) fn has_extension(path: &str) -> bool {
    let (stem, extension) = split(path);
    // Most words of a text have none.
    if extension.is_empty() {
        return false;
    }
    let capitals = extension.len() > 1 && extension.bytes().all(|b| b.is_ascii_uppercase());
    let known =
        EXTENSIONS.contains(extension) || (capitals && EXTENSIONS.contains(extension.to_ascii_lowercase().as_str()));
    known && (stem.contains(char::is_alphanumeric) || (stem.is_empty() && path.contains('/')))
}

/// Whether a word with a known extension is a file; `next` is the character behind it.
pub(super) fn is_named_file(path: &str, next: Option<char>) -> bool {
    let lower = path.to_ascii_lowercase();
    let (stem, extension) = split(path);
    let foldered = path.contains(['/', '\\']);
    let member_like =
        WEAK.contains(&extension) || matches!(extension, "c" | "css" | "ex" | "h" | "html" | "json" | "md");
    let called = next == Some('(') && member_like;
    if called || PRODUCTS.contains(lower.as_str()) || (stem.ends_with('.') && !stem.starts_with('.')) {
        return false;
    }
    if foldered {
        return !starts_with_host(path);
    }
    if WEAK.contains(&extension) {
        let unit = matches!(extension, "properties" | "service") && stem.contains(['-', '_']);
        return unit || KNOWN_FILES.contains(lower.as_str());
    }
    !(matches!(extension, "c" | "h") && stem.len() < 2)
}

/// The first segment of an address without a scheme is a host (`example.com/a/b.html`).
fn starts_with_host(path: &str) -> bool {
    let host = path.split(['/', '\\']).next().unwrap_or_default();
    !host.starts_with('.') && HOST_ENDINGS.iter().any(|ending| host.ends_with(ending))
}

/// Name and extension of the last segment.
fn split(path: &str) -> (&str, &str) {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_known_in_lower_case_or_all_capitals() {
        assert!(has_extension("a/b.rs") && has_extension("README.MD") && has_extension("conf/.env"));
        assert!(!has_extension("a.Lock") && !has_extension("a.log") && !has_extension("rs") && !has_extension(".rs"));
    }

    #[test]
    fn weak_extensions_need_a_folder_or_a_known_name() {
        assert!(
            is_named_file("go.mod", None)
                && is_named_file("a/b.config", None)
                && is_named_file("db-app.properties", None)
        );
        assert!(!is_named_file("self.config", None) && !is_named_file("app.env", None));
    }

    #[test]
    fn products_hosts_and_calls_are_no_files() {
        assert!(
            !is_named_file("Node.js", None)
                && !is_named_file("a.io/b.html", None)
                && !is_named_file("x.json", Some('('))
        );
    }
}
