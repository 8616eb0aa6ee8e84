// Small helps on staff's screens; everything works without them.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-bo-copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.boCopy);
    button.textContent = "Copied";
  } catch {
    // Without the clipboard (plain HTTP) the link is shown, to be copied by hand.
    window.prompt("Copy this link", button.dataset.boCopy);
  }
  setTimeout(() => {
    button.textContent = label;
  }, 2000);
});

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
