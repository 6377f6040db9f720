"use strict";

// Swagger UI reads the whole description through when it starts, and again for each operation that
// is opened. It is given only what it shows: paths at first, then what an operation refers to.

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

function show(whole) {
  const { securitySchemes } = whole.components;
  SwaggerUIBundle({
    dom_id: "#swagger-ui",
    spec: { ...whole, components: { securitySchemes } },
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    docExpansion: "none",
    filter: true,
    plugins: [
      {
        afterLoad({ fn }) {
          const { resolveSubtree } = fn;
          fn.resolveSubtree = (_, path, options) =>
            resolveSubtree(portion(whole, path), path, options);
        },
      },
    ],
    syntaxHighlight: false,
    validatorUrl: null,
  });
}

// It gives fields no names that a screen reader could say, and lets no key scroll its examples.
function complete() {
  const bare = "select:not([aria-label]), input:not([aria-label]), textarea:not([aria-label])";
  for (const field of document.querySelectorAll(bare)) {
    const parameter = field.closest("[data-param-name]")?.dataset.paramName;
    field.setAttribute("aria-label", parameter ?? (field.placeholder || "Media type"));
  }
  for (const example of document.querySelectorAll("pre:not([tabindex])")) {
    example.tabIndex = 0;
  }
}
new MutationObserver(complete).observe(document.getElementById("swagger-ui"), {
  childList: true,
  subtree: true,
});

// Swagger UI by itself would read JSON as YAML, which is slower.
fetch("/openapi.json").then((answer) => answer.json()).then(show);
