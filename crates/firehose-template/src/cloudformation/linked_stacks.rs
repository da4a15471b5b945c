use std::collections::BTreeMap;

use super::{
    evaluator::{Node, Outputs, Template},
    missing_values::SourceCode,
    read::{check_used, read_template},
    read_function::read_function_of_document,
};
use crate::{
    deployment::{DeployedFunction, Deployment, Note},
    error::TemplateError,
    given_values::GivenValues,
};

/// The largest number of rounds in which outputs and parameters pass from stack to stack.
const MAX_ROUNDS: usize = 10;

/// The template of one of several stacks that are deployed together.
#[derive(Clone, Debug)]
pub(crate) struct StackTemplate {
    /// The name of the stack, for errors.
    pub name: String,
    /// The text of the template.
    pub text: String,
    /// For a nested stack: the index of the parent stack, and the logical id of the nested stack there.
    pub parent: Option<(usize, String)>,
}

/// The documents of all stacks with their values.
struct LinkedStacks<'s> {
    stacks: &'s [StackTemplate],
    documents: Vec<Node>,
    given: Vec<GivenValues>,
}

/// Reads stacks that are deployed together. A stack can import the exports of another stack, and its
/// delivery streams can use streams and functions of the other stacks. A nested stack gets its parameters
/// from its parent.
///
/// # Errors
///
/// See [`read_cloudformation`](crate::read_cloudformation). Also fails if delivery streams of several
/// stacks have the same name.
pub(crate) fn read_linked_stacks(
    stacks: &[StackTemplate],
    given: &GivenValues,
) -> Result<Deployment, TemplateError> {
    let LinkedStacks { documents, given, .. } = LinkedStacks::link(stacks, given)?;
    let mut templates = Vec::new();
    for (document, given) in documents.iter().zip(&given) {
        templates.push(Template::new(document, given)?);
    }
    let mut deployment = Deployment::default();
    let mut owners = BTreeMap::new();
    for (index, template) in templates.iter().enumerate() {
        let (document, given) = (&documents[index], &given[index]);
        let code = SourceCode { document, given, addresses: None, others: &templates };
        let part = read_template(&code, template)?;
        let delivery_streams = part.delivery_streams.iter().map(|stream| &stream.name);
        for name in delivery_streams.chain(part.unsupported.keys()) {
            if let Some(owner) = owners.insert(name.clone(), index) {
                let (first, second) = (&stacks[owner].name, &stacks[index].name);
                let reason = format!(
                    "the stacks {first} and {second} have a delivery stream {name}; name the template \
                     of one stack, such as {first}.template.json in the folder"
                );
                return Err(TemplateError::wrong("", reason));
            }
        }
        deployment.merge(part);
    }
    // Check after all stacks are read: a delivery stream can use a property of another stack.
    for template in &templates {
        check_used(&deployment, template)?;
    }
    let has_files = |path: &str| {
        let id = path.strip_prefix("Resources.");
        stacks.iter().any(|stack| {
            let parent = stack.parent.as_ref().map(|(_, id)| id.as_str());
            parent.is_some() && parent == id
        })
    };
    // Remove the notes about nested templates that are among the stacks, and so are read.
    deployment.notes.retain(|note| !has_files(&note.path));
    Ok(deployment)
}

/// Reads one function of stacks that are deployed together.
///
/// # Errors
///
/// See [`read_linked_stacks`]. Also fails if no stack has a function with this id.
pub(crate) fn read_linked_function(
    stacks: &[StackTemplate],
    id: &str,
    given: &GivenValues,
) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
    let LinkedStacks { documents, given, .. } = LinkedStacks::link(stacks, given)?;
    let mut first_error = None;
    for (document, given) in documents.iter().zip(&given) {
        let has_id = document.entries().into_iter().flatten().any(|(section, resources)| {
            section == "Resources"
                && resources.entries().into_iter().flatten().any(|(it, _)| it == id)
        });
        match read_function_of_document(document, id, given, None) {
            Err(error) if !has_id => {
                first_error.get_or_insert(error);
            }
            read => return read,
        }
    }
    let empty = || TemplateError::wrong("", "the app has no stacks");
    Err(first_error.unwrap_or_else(empty))
}

impl<'s> LinkedStacks<'s> {
    /// Parses the templates, and passes exports, outputs and parameters from stack to stack.
    fn link(stacks: &'s [StackTemplate], given: &GivenValues) -> Result<Self, TemplateError> {
        let mut documents = Vec::new();
        for stack in stacks {
            let (document, _) = Node::parse(&stack.text)?;
            documents.push(document.expand_loops(given));
        }
        let mut linked = Self { stacks, documents, given: Vec::new() };
        linked.given = linked.distribute(given)?;
        let mut known: Vec<Outputs> = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let found = linked.pass_on(given);
            if found == known {
                break;
            }
            known = found;
        }
        Ok(linked)
    }

    /// Returns the given values for each stack: those that the stack declares or uses.
    fn distribute(&self, given: &GivenValues) -> Result<Vec<GivenValues>, TemplateError> {
        let mut distributed = vec![GivenValues::default(); self.stacks.len()];
        for (name, value) in &given.parameters {
            let declares = |index| self.has(index, "Parameters", name);
            for own in users(&mut distributed, name, declares)? {
                own.parameters.insert(name.clone(), value.clone());
            }
        }
        for (name, value) in &given.imports {
            for own in users(&mut distributed, name, |index| self.may_import(index, name))? {
                own.imports.insert(name.clone(), value.clone());
            }
        }
        for (path, value) in &given.properties {
            let id = path.split('.').nth(1).unwrap_or_default();
            for own in users(&mut distributed, path, |index| self.has(index, "Resources", id))? {
                own.properties.insert(path.clone(), value.clone());
            }
        }
        Ok(distributed)
    }

    fn has(&self, index: usize, section: &str, name: &str) -> bool {
        let top = self.documents[index].entries().unwrap_or_default();
        let section = top.iter().find(|(key, _)| key == section).and_then(|(_, it)| it.entries());
        section.unwrap_or_default().iter().any(|(key, _)| key == name)
    }

    /// Returns `true` if a stack imports the export `name`, or computes the name of an import.
    fn may_import(&self, index: usize, name: &str) -> bool {
        self.documents[index].imports().is_none_or(|imports| imports.contains(name))
    }

    /// Evaluates the outputs of all stacks, and gives them to the stacks that use them. Returns the
    /// outputs.
    fn pass_on(&mut self, given: &GivenValues) -> Vec<Outputs> {
        let mut outputs = Vec::new();
        let mut parameters: Vec<BTreeMap<String, String>> = Vec::new();
        parameters.resize_with(self.stacks.len(), BTreeMap::new);
        for (index, document) in self.documents.iter().enumerate() {
            // `read_linked_stacks` and `read_linked_function` report an invalid template later.
            let Ok(template) = Template::new(document, &self.given[index]) else {
                outputs.push(Outputs::default());
                continue;
            };
            outputs.push(template.outputs(document));
            for resource in template.resources() {
                let is_nested = |stack: &StackTemplate| {
                    stack.parent.as_ref().is_some_and(|it| it.0 == index && it.1 == resource.id())
                };
                if let Some(nested) = self.stacks.iter().position(is_nested) {
                    parameters[nested] = resource.stack_parameters();
                }
            }
        }
        for (index, parameters) in parameters.iter().enumerate() {
            for (name, value) in outputs.iter().flat_map(|it: &Outputs| &it.exports) {
                if !given.imports.contains_key(name) && self.may_import(index, name) {
                    let imports = &mut self.given[index].imports;
                    imports.insert(name.clone(), value.clone());
                }
            }
            for (name, value) in parameters {
                if self.has(index, "Parameters", name) {
                    self.given[index].parameters.insert(name.clone(), value.clone());
                }
            }
        }
        for (index, stack) in self.stacks.iter().enumerate() {
            if let Some((parent, id)) = &stack.parent {
                self.documents[*parent].set_stack_outputs(id, &outputs[index].values);
            }
        }
        outputs
    }
}

/// Returns the entries of `distributed` for the stacks that use a name. Fails if no stack uses the name.
fn users<'g>(
    distributed: &'g mut [GivenValues],
    name: &str,
    uses: impl Fn(usize) -> bool,
) -> Result<Vec<&'g mut GivenValues>, TemplateError> {
    let used = distributed.iter_mut().enumerate().filter(|(index, _)| uses(*index));
    let used: Vec<_> = used.map(|(_, given)| given).collect();
    match used.is_empty() {
        true => Err(TemplateError::wrong("", format!("no stack has {name}; remove its value"))),
        false => Ok(used),
    }
}
