// Keys for people who review many chunks. Each presses a button or follows a link that is on the page anyway.
"use strict";

(() => {
  const STORE = "tamis-keys";
  const rows = () => [...document.querySelectorAll("#queue > .row")];
  const dialog = document.getElementById("keys");
  const announcer = document.getElementById("announcer");
  const say = (text) => {
    announcer.textContent = text;
  };

  const complain = (text) => {
    say(text);
    announcer.className = "toast";
    setTimeout(() => {
      announcer.className = "unseen";
    }, 8000);
  };

  // The row at hand: the one with the focus, else the one that had it last.
  let current = null;
  // The row decided about last, for undo.
  let last = null;
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("#queue > .row");
    if (row) current = row.id;
  });
  const currentRow = () => (current ? document.getElementById(current) : null);
  const select = (row) => row?.querySelector("a.open").focus();

  function move(step) {
    const all = rows();
    if (all.length === 0) {
      document.querySelector(step > 0 ? '[data-key="j"]' : '[data-key="k"]')?.click();
      return;
    }
    const at = all.indexOf(currentRow());
    const next = at < 0 ? all[0] : all[at + step];
    if (next) select(next);
  }

  // Presses the button of this key, in the row at hand where the page has rows.
  function press(key) {
    const all = rows();
    const row = currentRow() ?? all[0];
    const button = (all.length > 0 ? row : document).querySelector(`[data-key="${key}"]`);
    button?.click();
  }

  // A row that has changed since it was shown comes as it is by now, and waits for another look.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 412 || !event.detail.target.matches("#queue > .row")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  // After a decision the next row that waits comes into hand; not before the new row's buttons are bound, which a key would
  // press as those of a plain form.
  document.addEventListener("htmx:afterSettle", (event) => {
    const decided = event.detail.elt;
    if (!decided?.matches?.("#queue > .row")) return;
    if (event.detail.xhr.status === 412) {
      complain("This has changed since it was shown: look at it again.");
      select(decided);
      return;
    }
    const outcome = decided.querySelector("[data-outcome]")?.textContent ?? "";
    if (!outcome) {
      say(`Taken back: ${decided.querySelector("a.open").textContent}`);
      select(decided);
      return;
    }
    last = decided.id;
    say(`${outcome}: ${decided.querySelector("a.open").textContent}`);
    const all = rows();
    const after = all.slice(all.indexOf(decided) + 1).concat(all.slice(0, all.indexOf(decided)).reverse());
    select(after.find((row) => !row.classList.contains("decided")) ?? decided);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    complain(page.querySelector(".lead")?.textContent ?? "That did not work. Load the page again.");
  });
  document.addEventListener("htmx:sendError", () => complain("The service does not answer."));

  // A run that is not over tells when it stands otherwise; then its row is fetched again.
  function follow(row) {
    const source = new EventSource(row.dataset.events);
    const renew = async (event) => {
      if (event.type === "end") source.close();
      const answer = await fetch(row.dataset.row);
      if (!answer.ok) return;
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      const { events, row: address } = row.dataset;
      const next = fresh.content.firstElementChild;
      row.replaceWith(next);
      row = next;
      Object.assign(row.dataset, { events, row: address });
    };
    source.addEventListener("progress", renew);
    source.addEventListener("end", renew);
  }
  for (const row of document.querySelectorAll("[data-events]")) follow(row);

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    r: () => press("r"),
    x: () => press("x"),
    s: () => press("s"),
    u: () => (document.getElementById(last) ?? document).querySelector('[data-key="u"]')?.click(),
    "/": () => {
      const field = document.getElementById("q");
      if (field) field.focus();
      else location.assign("/search");
    },
    "?": () => dialog?.showModal(),
  };

  const areOn = () => localStorage.getItem(STORE) !== "off";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return;
    if (event.target.closest("input, textarea, select")) return;
    const act = areOn() || event.key === "?" ? keys[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  });

  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog?.showModal());
  }
  const toggle = document.getElementById("keys-on");
  if (toggle) {
    toggle.checked = areOn();
    toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
  }
})();
