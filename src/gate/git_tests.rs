//! Reading git objects: modes, conflicts, revisions, and what the repository itself cannot change.

use std::fs;

use super::*;

fn git(folder: &Utf8Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args([
            "-C",
            folder.as_str(),
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn repository() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
    git(&root, &["init", "-q"]);
    fs::create_dir_all(root.join("cases/A-1/evidence")).unwrap();
    fs::write(root.join("cases/A-1/index.md"), "one\n").unwrap();
    fs::write(root.join("cases/A-1/evidence/e.txt"), "e").unwrap();
    git(&root, &["add", "-A"]);
    git(&root, &["commit", "-q", "-m", "first"]);
    (dir, root)
}

#[test]
fn a_case_is_read_from_a_commit_and_from_the_index_not_from_the_work_tree() {
    let (_guard, root) = repository();
    let repository = Repository::open(&root.join("cases")).unwrap();
    let head = Tree::Commit(repository.commit("HEAD").unwrap());
    fs::write(root.join("cases/A-1/index.md"), "two\n").unwrap();
    git(&root, &["add", "-A"]);
    fs::write(root.join("cases/A-1/index.md"), "three\n").unwrap();
    let folder = repository.relative(&root.join("cases/A-1")).unwrap();
    let page = |tree: &Tree| repository.snapshot(tree, &folder).unwrap().unwrap().get("index.md").unwrap().to_vec();
    assert_eq!((page(&head), page(&Tree::Index)), (b"one\n".to_vec(), b"two\n".to_vec()));
    assert_eq!(repository.file(&head, "cases/A-1/evidence/e.txt").unwrap(), Some(b"e".to_vec()));
    assert_eq!(repository.file(&head, "cases/A-1/none").unwrap(), None);
    assert_eq!(repository.snapshot(&head, Utf8Path::new("cases/B-2")).unwrap(), None);
    assert!(repository.head_time().unwrap() > 0);
}

#[test]
fn changes_name_what_was_removed() {
    let (_guard, root) = repository();
    let repository = Repository::open(&root).unwrap();
    let base = repository.commit("HEAD").unwrap();
    fs::remove_file(root.join("cases/A-1/evidence/e.txt")).unwrap();
    fs::write(root.join("cases/A-1/new.md"), "n").unwrap();
    git(&root, &["add", "-A"]);
    let changes = repository.changes(&base, &Tree::Index).unwrap();
    assert_eq!(changes, [("cases/A-1/evidence/e.txt".to_string(), false), ("cases/A-1/new.md".to_string(), true)]);
    git(&root, &["commit", "-q", "-m", "second"]);
    let head = repository.commit("HEAD").unwrap();
    assert_eq!(repository.changes(&base, &Tree::Commit(head.clone())).unwrap(), changes);
    assert_eq!(repository.merge_base(&base, &head).unwrap(), base);
}

#[test]
fn what_is_no_revision_is_an_error_and_never_an_option() {
    let (_guard, root) = repository();
    let repository = Repository::open(&root).unwrap();
    for revision in ["", "nothing", "--all", "HEAD:cases"] {
        assert!(repository.commit(revision).is_err(), "{revision}");
    }
    let outside = tempfile::tempdir().unwrap();
    assert!(Repository::open(Utf8Path::from_path(outside.path()).unwrap()).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_in_a_commit_is_a_fault() {
    let (_guard, root) = repository();
    std::os::unix::fs::symlink("/etc/hostname", root.join("cases/A-1/evidence/link")).unwrap();
    git(&root, &["add", "-A"]);
    let repository = Repository::open(&root).unwrap();
    let read = repository.snapshot(&Tree::Index, Utf8Path::new("cases/A-1")).unwrap().unwrap();
    assert!(read.faults(super::super::Phase::Analysis).any(|fault| fault.code == "symlink"));
}
