// Small helps on staff's screens; everything works without them.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-bo-copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.boCopy);
    button.textContent = "Copied";
  } catch {
    // Without the clipboard (plain HTTP, or refused) its text is marked, to be copied by hand; a link is shown.
    const source = document.getElementById(button.dataset.boFrom);
    if (source) {
      source.select();
      button.textContent = document.execCommand("copy") ? "Copied" : "Marked: press Ctrl and C";
    } else {
      window.prompt("Copy this link", button.dataset.boCopy);
    }
  }
  setTimeout(() => {
    button.textContent = label;
  }, 2000);
});

// Long work shows how far it is: this part of the page is fetched again until it is over, and then the whole page.
const lookAgain = async () => {
  const live = document.querySelector("[data-bo-live]");
  if (!live) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(live.id);
    if (answer.ok && !now) return location.reload();
    if (now) live.replaceChildren(...now.childNodes);
  } catch {
    // The next look may get through.
  }
  setTimeout(lookAgain, 1500);
};
setTimeout(lookAgain, 1500);

// Wagtail's rich text boxes have no name of their own: they take that of the field or the block around them. Blocks come
// and go while a page is edited, so this looks again whenever the page changes.
const nameBoxes = () => {
  for (const box of document.querySelectorAll(".public-DraftEditor-content:not([aria-label])")) {
    const block = box.closest("section[aria-labelledby]");
    const label = box.closest(".w-field__wrapper")?.querySelector("label") ||
      (block && document.getElementById(block.getAttribute("aria-labelledby")));
    if (label) box.setAttribute("aria-label", label.textContent.replace("*", "").trim());
  }
};
document.addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector("[data-edit-form], [data-draftail-input]")) return;
  nameBoxes();
  new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
});

// What is chosen is shown while it is chosen: the form's answer takes the place of the one before, and of the address.
let shownAt = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-bo-shows]");
  if (!form) return;
  clearTimeout(shownAt);
  shownAt = setTimeout(async () => {
    const address = `?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.getElementById(form.dataset.boShows);
    // While something is half typed nothing can be shown: what stands stays, and "Show" says what is wrong.
    if (!answer.ok || !shown?.childElementCount || address !== `?${new URLSearchParams(new FormData(form))}`) return;
    document.getElementById(shown.id).replaceChildren(...shown.childNodes);
    history.replaceState(null, "", address);
  }, 400);
});

// A long menu of groups gets a field above it: what is typed there leaves the choices that have all of its words, laid
// open as a list. What is chosen stays, and so does what is in no group: the choice of none.
const SHORT = 10;
const MOST_ROWS = 8;
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const searchIn = (menu) => {
  const groups = [...menu.querySelectorAll("optgroup")].map((group) => [group, [...group.children]]);
  const alone = [...menu.children].filter((part) => part.localName === "option");
  const choices = groups.flatMap(([, options]) => options);
  if (choices.length <= SHORT) return;
  const around = document.createElement("div");
  around.className = "bo-search";
  around.innerHTML = '<label class="w-field__label"></label><div class="w-field__input">' +
    '<input type="search" autocomplete="off"></div><p class="bo-under" role="status"></p>';
  const [label, field, told] = around.querySelectorAll("label, input, p");
  label.textContent = menu.dataset.boSearch;
  label.htmlFor = field.id = `${menu.id}_search`;
  field.setAttribute("aria-controls", menu.id);
  menu.labels[0].before(around);

  const narrow = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    const fit = choices.filter((option) => words.every((word) => folded(option.label).includes(word)));
    const chosen = menu.selectedOptions[0];
    const kept = new Set([...fit, chosen]);
    // Taken out, for some browsers show what is only marked as hidden.
    for (const [group, options] of groups) group.replaceChildren(...options.filter((option) => kept.has(option)));
    menu.replaceChildren(...alone, ...groups.map(([group]) => group).filter((group) => group.childElementCount));
    if (chosen) chosen.selected = true;
    if (words.length) menu.size = Math.min(Math.max(menu.options.length + menu.children.length - 1, 2), MOST_ROWS);
    else menu.removeAttribute("size");
    told.textContent = words.length ? `${fit.length || "None"} of ${choices.length} fit.` : "";
    return fit;
  };
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const fit = narrow();
    // The only one is meant; of several one is chosen in the menu.
    if (event.key === "Enter" && field.value.trim() && fit.length === 1) {
      fit[0].selected = true;
      menu.dispatchEvent(new Event("change", { bubbles: true }));
    }
    menu.focus();
  });
};
document.querySelectorAll("select[data-bo-search]").forEach(searchIn);
