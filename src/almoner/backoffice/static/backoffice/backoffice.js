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
