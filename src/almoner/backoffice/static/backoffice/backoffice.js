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
