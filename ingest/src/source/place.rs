//! Where a file lies among the files of its source, to tell whether what it links to is there.

use std::path::{Path, PathBuf};

use super::Location;

/// Endings of files that are read as pages, so that a link to `x`, `x/` or `x.html` may mean `x.md`.
const PAGE_ENDINGS: [&str; 8] = ["md", "markdown", "mdx", "rst", "adoc", "txt", "html", "ipynb"];
/// Names of the page that stands for its folder.
const INDEX_NAMES: [&str; 4] = ["index", "_index", "README", "readme"];

/// A file's place within its source. Links are followed from here, and never out of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    root: PathBuf,
    /// The folders between the root and the file.
    folders: Vec<String>,
    /// The file's name without its ending.
    stem: String,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a file or folder, or to the page a site makes of one.
    There,
    /// To a folder that is there and holds no such file.
    Missing,
    /// To a folder that is not there.
    MissingFolder,
    /// Out of the source, where nothing is looked for.
    Outside,
}

impl Place {
    /// The place of a file: in the folder it was listed in, or by itself in its own. `None` for what is no file of its
    /// own.
    pub(super) fn of(location: &Location) -> Option<Self> {
        if location.line.is_some() || !location.member.is_empty() {
            return None;
        }
        let alone = location.uri == location.path.to_string_lossy();
        let mut folders: Vec<String> = location.uri.split('/').map(str::to_owned).collect();
        folders.pop();
        if alone {
            folders.clear();
        }
        // A bare file name lies in the working folder, whose empty path is no folder to the file system.
        let root = Path::new(".").join(location.path.ancestors().nth(folders.len() + 1)?);
        let stem = location.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Some(Self { root, folders, stem })
    }

    /// Follows the path of a link from the file's folder.
    pub(crate) fn follow(&self, path: &str) -> Target {
        self.follow_from(&self.folders, path)
    }

    /// Follows it as a browser would from the page that some sites make of the file: `guide/` of `guide.md`.
    pub(crate) fn follow_from_page(&self, path: &str) -> Target {
        if INDEX_NAMES.contains(&self.stem.as_str()) {
            return self.follow(path);
        }
        let mut folders = self.folders.clone();
        folders.push(self.stem.clone());
        self.follow_from(&folders, path)
    }

    fn follow_from(&self, folders: &[String], path: &str) -> Target {
        let mut parts: Vec<&str> = folders.iter().map(String::as_str).collect();
        for part in path.split(['/', '\\']) {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        return Target::Outside;
                    }
                }
                name => parts.push(name),
            }
        }
        let target = parts.iter().fold(self.root.clone(), |path, part| path.join(part));
        if target.exists() || is_page(&target) {
            return Target::There;
        }
        let folder = target.parent().is_some_and(Path::is_dir);
        if folder { Target::Missing } else { Target::MissingFolder }
    }
}

/// Whether a site's generator makes the page `target` of a file that is there.
fn is_page(target: &Path) -> bool {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".html").or_else(|| name.strip_suffix(".htm")).unwrap_or(&name);
    let in_folder = target.with_file_name(stem);
    let is_file =
        |folder: &Path, stem: &str| PAGE_ENDINGS.iter().any(|ending| folder.join(format!("{stem}.{ending}")).is_file());
    target.parent().is_some_and(|parent| is_file(parent, stem))
        || INDEX_NAMES.iter().any(|index| is_file(&in_folder, index))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The place of `uri` in a folder with `files`.
    fn place(root: &Path, uri: &str, files: &[&str]) -> Place {
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        Place::of(&alone(uri.to_owned(), root.join(uri))).unwrap()
    }

    /// A file of its own.
    fn alone(uri: String, path: PathBuf) -> Location {
        Location { uri, path, line: None, member: Vec::new(), bytes: 1, stored_at: None, committed: None }
    }

    #[test]
    fn links_are_followed_as_files_and_as_pages_of_a_site() {
        let root = tempfile::tempdir().unwrap();
        let files = ["a.md", "guide/b.md", "guide/deep/_index.md", "guide/two words.md", "img/x.png", "c/README.md"];
        let place = place(root.path(), "guide/b.md", &files);
        for (path, expected) in [
            ("b.md", Target::There),
            ("./two words.md", Target::There),
            ("../a.md", Target::There),
            ("../a", Target::There),
            ("../a/", Target::There),
            ("../a.html", Target::There),
            ("..", Target::There),
            ("deep", Target::There),
            ("deep/", Target::There),
            ("../c/", Target::There),
            ("../c.html", Target::There),
            ("../img/x.png", Target::There),
            ("c.md", Target::Missing),
            ("../a.rst", Target::Missing),
            ("../img/y.png", Target::Missing),
            ("other/c.md", Target::MissingFolder),
            ("../../a.md", Target::Outside),
        ] {
            assert_eq!(place.follow(path), expected, "{path}");
        }
        assert_eq!(place.follow_from_page("../deep/"), Target::There);
        assert_eq!(place.follow_from_page("../../a/"), Target::There);
        assert_eq!(place.follow_from_page("../c/"), Target::Missing);
    }

    #[test]
    fn a_single_file_knows_its_own_folder_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("docs/a.md");
        let uri = path.to_string_lossy().into_owned();
        place(root.path(), "docs/a.md", &["docs/a.md", "docs/b.md", "c.md"]);
        let place = Place::of(&alone(uri, path)).unwrap();
        assert_eq!(place.follow("b.md"), Target::There);
        assert_eq!(place.follow("d.md"), Target::Missing);
        assert_eq!(place.follow("../c.md"), Target::Outside);
        let (uri, path) = ("README.md".to_owned(), PathBuf::from("README.md"));
        let bare = Place::of(&alone(uri, path)).unwrap();
        assert_eq!(bare.follow("Cargo.toml"), Target::There);
        assert_eq!(bare.follow("nothing/"), Target::Missing);
    }
}
