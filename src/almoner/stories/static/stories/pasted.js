// A page from Word, before Wagtail's editor reads it: what a colleague wrote in its margin and what was struck out is no
// text, and would be taken for some. Word's titles become the headings that a story has.
(() => {
  "use strict";
  const NO_TEXT =
    "del, .msoDel, .MsoCommentReference, .msocomanchor, .msocomoff, [style*='mso-element:comment' i], [style*='mso-element: comment' i]";
  const HEADINGS = { h1: "h2", h4: "h3", h5: "h3", h6: "h3" };

  const cleaned = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const found = [...page.querySelectorAll(NO_TEXT)];
    const titles = [...page.querySelectorAll(Object.keys(HEADINGS).join())];
    found.forEach((each) => each.remove());
    titles.forEach((each) => {
      const heading = page.createElement(HEADINGS[each.localName]);
      heading.append(...each.childNodes);
      each.replaceWith(heading);
    });
    return found.length + titles.length ? page.documentElement.outerHTML : html;
  };

  document.addEventListener(
    "paste",
    (event) => {
      const html = event.clipboardData?.getData("text/html");
      if (!html || !event.target.closest?.(".public-DraftEditor-content")) return;
      const clean = cleaned(html);
      if (clean === html) return;
      // What is on the clipboard can't be changed: another paste takes this one's place.
      event.preventDefault();
      event.stopImmediatePropagation();
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/html", clean);
      clipboardData.setData("text/plain", event.clipboardData.getData("text/plain"));
      event.target.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    },
    true,
  );
})();
