use crate::paths::field_path::{FieldPath, PathStep};

/// A tree of paths. Each path has a mark, and paths that begin with the same steps share nodes.
#[derive(Clone, Debug)]
pub(crate) struct PathTree<M> {
    pub(crate) root: PathNode<M>,
    /// The paths by the number of their mark.
    pub(crate) paths: Vec<FieldPath>,
    nodes: usize,
}

/// A node of a [`PathTree`]: the values that one sequence of steps leads to.
#[derive(Clone, Debug)]
pub(crate) struct PathNode<M> {
    /// The number of the node within its tree, from 0.
    pub(crate) id: usize,
    pub(crate) mark: Option<Mark<M>>,
    /// The nodes of members, sorted by name.
    pub(crate) members: Vec<(Box<str>, Self)>,
    indexes: Vec<(usize, Self)>,
    each: Option<Box<Self>>,
}

/// The edit of the values at a path.
#[derive(Clone, Debug)]
pub(crate) struct Mark<M> {
    /// The number of the path.
    pub(crate) number: usize,
    pub(crate) treatment: M,
}

impl<M> PathNode<M> {
    fn new(id: usize) -> Self {
        Self { id, mark: None, members: Vec::new(), indexes: Vec::new(), each: None }
    }

    pub(crate) fn has_children(&self) -> bool {
        !self.members.is_empty() || !self.indexes.is_empty() || self.each.is_some()
    }

    /// Returns the nodes one step below.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Self> {
        let members = self.members.iter().map(|(_, node)| node);
        let indexes = self.indexes.iter().map(|(_, node)| node);
        members.chain(indexes).chain(self.each.as_deref())
    }

    /// Returns the mark of the first path that goes through the node.
    pub(crate) fn first_mark(&self) -> Option<&Mark<M>> {
        let below = self.children().filter_map(Self::first_mark);
        self.mark.iter().chain(below).min_by_key(|mark| mark.number)
    }

    /// Adds the nodes of the member with this name to `nodes`.
    pub(crate) fn push_member<'a>(&'a self, name: &str, nodes: &mut Vec<&'a Self>) {
        if let Ok(at) = self.members.binary_search_by(|(it, _)| (**it).cmp(name)) {
            nodes.push(&self.members[at].1);
        }
        self.push_each(nodes);
    }

    /// Adds the nodes of the item at this index to `nodes`.
    pub(crate) fn push_item<'a>(&'a self, index: usize, nodes: &mut Vec<&'a Self>) {
        nodes.extend(self.indexes.iter().filter(|(it, _)| *it == index).map(|(_, node)| node));
        self.push_each(nodes);
    }

    /// Adds the node for `[]`, which also matches members whose name no path can have.
    pub(crate) fn push_each<'a>(&'a self, nodes: &mut Vec<&'a Self>) {
        nodes.extend(self.each.as_deref());
    }
}

impl<M> PathTree<M> {
    pub(crate) fn new() -> Self {
        Self { root: PathNode::new(0), paths: Vec::new(), nodes: 1 }
    }

    /// Returns the number of nodes.
    pub(crate) fn node_count(&self) -> usize {
        self.nodes
    }

    /// Returns the number of a path. For a new path, this is the number that the next insertion assigns.
    pub(crate) fn number_of(&self, path: &FieldPath) -> usize {
        self.paths.iter().position(|it| it == path).unwrap_or(self.paths.len())
    }

    /// Adds a path, or replaces the treatment of a path that the tree contains already.
    pub(crate) fn insert(&mut self, path: &FieldPath, treatment: M) {
        let mut node = &mut self.root;
        let nodes = &mut self.nodes;
        let mut new_node = || {
            *nodes += 1;
            PathNode::new(*nodes - 1)
        };
        for step in path.steps() {
            node = match step {
                PathStep::Member(name) => {
                    let found = node.members.binary_search_by(|(it, _)| it.cmp(name));
                    let at = found.unwrap_or_else(|at| {
                        node.members.insert(at, (name.clone(), new_node()));
                        at
                    });
                    &mut node.members[at].1
                }
                PathStep::Index(index) => {
                    let found = node.indexes.iter().position(|(it, _)| it == index);
                    let at = found.unwrap_or_else(|| {
                        node.indexes.push((*index, new_node()));
                        node.indexes.len() - 1
                    });
                    &mut node.indexes[at].1
                }
                PathStep::Each => node.each.get_or_insert_with(|| Box::new(new_node())),
            };
        }
        match &mut node.mark {
            Some(mark) => mark.treatment = treatment,
            None => {
                node.mark = Some(Mark { number: self.paths.len(), treatment });
                self.paths.push(path.clone());
            }
        }
    }
}

impl<M: Default> FromIterator<FieldPath> for PathTree<M> {
    fn from_iter<I: IntoIterator<Item = FieldPath>>(paths: I) -> Self {
        let mut tree = Self::new();
        for path in paths {
            tree.insert(&path, M::default());
        }
        tree
    }
}
