"use strict";

// Swagger UI resolves references by reading the whole description through, once for each operation
// that is opened. It is given only what that operation refers to.

function referred(part, root, found) {
  for (const [name, value] of Object.entries(part)) {
    if (name === "$ref" && typeof value === "string" && value.startsWith("#/components/")) {
      const [kind, key] = value.split("/").slice(2);
      found[kind] ??= {};
      if (!(key in found[kind])) {
        found[kind][key] = root.components[kind][key];
        referred(found[kind][key], root, found);
      }
    } else if (value && typeof value === "object") {
      referred(value, root, found);
    }
  }
  return found;
}

function portion(root, [section, name, ...rest]) {
  const { paths, components, ...head } = root;
  const kept = section === "paths" && paths[name] ? { [name]: paths[name] } : {};
  const found = referred(kept, root, {});
  if (section === "components" && components[name]) {
    found[name] = components[name];
    referred(components[name], root, found);
  }
  return { ...head, paths: kept, components: found };
}

const inPortions = {
  afterLoad({ fn }) {
    const { resolveSubtree } = fn;
    fn.resolveSubtree = (root, path, options) =>
      resolveSubtree(portion(root, path), path, options);
  },
};

fetch("/openapi.json")
  .then((answer) => answer.json()) // Swagger UI by itself would read JSON as YAML, which is slower.
  .then((spec) =>
    SwaggerUIBundle({
      dom_id: "#swagger-ui",
      spec,
      deepLinking: true,
      defaultModelsExpandDepth: -1,
      docExpansion: "none",
      filter: true,
      plugins: [inPortions],
      syntaxHighlight: false,
      validatorUrl: null,
    }),
  );
