/* What a page does beyond its forms. Works without it, too: then nothing renews itself. */
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  /* Renewing: elements with data-renew ask for themselves again, while the page is seen, nobody types in them, and
     somebody was here in the last half hour (else an open tab would keep a session alive for ever). */
  const AWAY_MS = 30 * 60 * 1000;
  const due = new WeakMap();
  let lastSign = Date.now();
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    addEventListener(kind, () => { lastSign = Date.now(); }, { passive: true, capture: true });
  }

  /* A list of which no choice is marked shows its first one. */
  const isChosen = (field) =>
    [...field.options].some((option) => option.defaultSelected)
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field.selectedIndex > 0;
  const isTyped = (field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? isChosen(field)
        : field.type !== "hidden" && field.value !== field.defaultValue;

  /* Where text is written or chosen. A pressed button, a ticked box and a followed link have the focus, too, and are
     no typing: after a download nothing else happens on the page, and it must go on renewing itself. */
  const takesText = (field) =>
    field !== null && (field.tagName === "TEXTAREA" || field.tagName === "SELECT" || field.isContentEditable ||
      (field.tagName === "INPUT" && !["checkbox", "radio", "button", "submit", "reset", "image"].includes(field.type)));

  const isBusy = (element) =>
    (element.contains(document.activeElement) && takesText(document.activeElement)) ||
    element.querySelector(":active") !== null ||
    element.querySelector("details[open]") !== null ||
    [...element.querySelectorAll("input, select, textarea")].some(isTyped);

  const isOther = (shown, fresh) => shown !== null && fresh !== null && shown.innerHTML !== fresh.innerHTML;

  setInterval(() => {
    if (document.visibilityState !== "visible" || Date.now() - lastSign > AWAY_MS) return;
    /* The answer to a form that was refused: what was typed stands in it, and would be renewed away. */
    if (document.querySelector("[data-refused]") !== null) return;
    for (const element of document.querySelectorAll("[data-renew]")) {
      const at = due.get(element) ?? (due.set(element, Date.now() + element.dataset.renew * 1000), Infinity);
      if (Date.now() >= at && !isBusy(element)) {
        due.set(element, Date.now() + element.dataset.renew * 1000);
        htmx.trigger(element, "renew");
      }
    }
  }, 500);

  /* The focus of somebody who works with keys stays where it was: at its like in what was renewed. */
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const likesOf = (one) => [...document.querySelectorAll(FOCUSABLE)].filter((other) => other.isEqualNode(one));
  let left = null;
  const leave = (element) => {
    const focused = document.activeElement;
    left = element.contains(focused) ? { like: focused.cloneNode(true), place: likesOf(focused).indexOf(focused) } : null;
  };
  document.addEventListener("htmx:afterSwap", () => {
    if (left === null || document.activeElement !== document.body) return;
    const likes = likesOf(left.like);
    (likes[left.place] ?? likes[0])?.focus({ preventScroll: true });
    left = null;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const element = event.detail.target;
    if (!element?.dataset?.renew) return;
    const fresh = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    if (fresh.getElementById(element.id) === null) {
      /* Another page came: the session is over, or what was shown is gone. */
      event.detail.shouldSwap = false;
      if (event.detail.xhr.status < 500) location.reload();
      return;
    }
    const parts = [element.id, ...(element.getAttribute("hx-select-oob") ?? "").split(",").map((one) => one.slice(1))];
    const changed = parts.some((id) => id && isOther(document.getElementById(id), fresh.getElementById(id)));
    if (!changed || isBusy(element)) event.detail.shouldSwap = false;
    else leave(element);
  });

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (isBusy(event.detail.target) || !isOther(event.detail.target, event.detail.fragment.firstElementChild)) {
      event.detail.shouldSwap = false;
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener === null) return;
    const opened = document.getElementById(opener.dataset.opens).classList.toggle("open");
    opener.setAttribute("aria-expanded", String(opened));
  });

  /* A file that was asked for before the second factor comes while the question for it is still shown: then go on. */
  const asking = document.querySelector("form[data-then]");
  if (asking !== null) {
    setInterval(() => {
      if (!document.cookie.split("; ").includes("partnerdesk-file=1")) return;
      document.cookie = "partnerdesk-file=; path=/; max-age=0";
      location.assign(asking.dataset.then);
    }, 500);
  }

  /* A form with data-drop sends itself once its files are chosen, or dropped anywhere on it. */
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-drop] input[type=file]") && event.target.files.length > 0) {
      event.target.form.requestSubmit();
    }
  });
  const dropOf = (event) =>
    [...(event.dataTransfer?.types ?? [])].includes("Files") ? event.target.closest?.("[data-drop]") ?? null : null;
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const form = dropOf(event);
      if (form === null) return;
      event.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind !== "drop") return;
      form.querySelector("input[type=file]").files = event.dataTransfer.files;
      form.requestSubmit();
    });
  }

  /* A box that ticks all boxes whose names begin alike. */
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-ticks]");
    if (all === null) return;
    for (const box of document.querySelectorAll(`input[type=checkbox][name^="${CSS.escape(all.dataset.ticks)}"]`)) {
      box.checked = all.checked;
    }
  });

  /* What is ticked, in number and money, said beside the buttons that decide about it. */
  const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });
  document.addEventListener("change", () => {
    for (const told of document.querySelectorAll("[data-sums]")) {
      const ticked = [...document.querySelectorAll(`input[name^="${CSS.escape(told.dataset.sums)}"]:checked`)];
      const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
      told.textContent = ticked.length === 0 ? ""
        : told.dataset.text.replace("{n}", ticked.length).replace("{sum}", euros.format(cents / 100));
    }
  });
})();
