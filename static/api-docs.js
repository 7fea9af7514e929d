/* Starts the viewer of the API's schema, in the theme of the page, and opens there what is chosen from the list above it. */
"use strict";
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  dark.addEventListener("change", paint);
  paint();

  const place = document.getElementById("api-docs");
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: null,
    onComplete: () => reveal(location.hash.slice(1)),
  });

  const reveal = (id) => {
    const operation = id && document.getElementById(id);
    if (!operation) return;
    operation.querySelector("button[aria-expanded=false]")?.click();
    operation.scrollIntoView();
  };
  document.querySelector(".api-index").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) reveal(link.hash.slice(1));
  });
}
