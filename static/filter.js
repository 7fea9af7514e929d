// Typing narrows a list of choices to those whose words begin like what is typed; what is chosen stays in sight.
// Down goes from the field into the choices, Enter takes the only one left. Without this file all choices are shown.
(() => {
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const visible = (part) => [...part.querySelectorAll("[data-words]")].filter((choice) => !choice.hidden);

  const filter = (part, field) => {
    const typed = plain(field.value).split(/\s+/).filter(Boolean);
    const matches = (choice) => {
      const words = ` ${plain(choice.dataset.words)}`;
      const begins = (each) => words.includes(` ${each}`) || words.includes(`.${each}`);
      return typed.every((each) => begins(each) || (each.startsWith(".") && words.includes(each)));
    };
    let found = 0;
    for (const choice of part.querySelectorAll("[data-words]")) {
      const match = matches(choice);
      found += Number(match);
      choice.hidden = !match && !choice.querySelector("input").checked;
    }
    for (const group of part.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
    }
    const said = part.querySelector("[role=status]");
    said.textContent = typed.length ? (found ? `${found} found` : "Nothing found") : "";
    return typed.length ? [...part.querySelectorAll("[data-words]")].filter(matches) : [];
  };

  const choose = (choice) => {
    const input = choice.querySelector("input");
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("input", (event) => {
    const part = event.target.closest("[data-filtered]");
    if (part && event.target.type === "search") filter(part, event.target);
  });
  document.addEventListener("keydown", (event) => {
    const part = event.target.closest("[data-filtered]");
    if (!part || event.target.type !== "search") return;
    if (event.key === "Enter") {
      event.preventDefault(); // the form is not finished
      const matches = filter(part, event.target);
      if (matches.length === 1) choose(matches[0]);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      visible(part)[0]?.querySelector("input").focus();
    }
  });
})();
