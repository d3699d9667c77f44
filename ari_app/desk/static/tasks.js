// Tasks: the list, what becomes of one, and the form of a new one.
// `panels()` shows the list, and why a record is not opened.
export function tasks(cards, connection, notice, panels) {
  const list = () => panels().show({ type: "tasks" });
  async function ask(message, busy) {
    if (busy.ariaBusy === "true") return false; // it is on its way
    busy.ariaBusy = "true";
    const answer = await connection.ask(message);
    busy.ariaBusy = null;
    if (answer.text) notice(answer.text);
    if (answer.html) panels().put(answer.html, busy);
    if (answer.card) cards.show(answer.card, true);
    return answer.ok && !answer.card;
  }
  async function act(element, to) {
    const { task, do: what } = element.dataset;
    const shown = Boolean(element.closest("#found"));
    if (await ask({ type: "task", id: Number(task), do: what, to }, element) && shown) list();
  }
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-tasks]")) list();
    const button = target.closest("button[data-task]");
    if (button) act(button, "");
  });
  // To whom a task is given: those of the form in the same panel, which are there one time only.
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches("select[data-task]") || target.length > 1) return;
    for (const { textContent, value } of document.querySelectorAll("#found [name=owner] option"))
      target.append(new Option(textContent, value));
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches("select[data-task]") && target.value !== "-") act(target, target.value);
  });
  document.getElementById("found").addEventListener("submit", async (event) => {
    const form = event.target;
    if (!("taskAdd" in form.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { text, due, owner } = Object.fromEntries(new FormData(form));
    if (await ask({ type: "task-add", text, due, owner }, form)) {
      form.reset();
      list();
    }
  });
}
