/* The form in a frame of another site's page. It speaks with the page's <almoner-form> alone: a page of a site that is
   on the form's list, which the browser names, and only after that page has spoken. It tells how high the content is,
   and takes from the page where the gift comes from. Links open beside the page, so that the form is never lost; only
   a gateway's page takes the place of the whole, for it lets nobody frame it. */

const doc = document
const sites = [location.origin, ...doc.body.dataset.sites.split(" ")]
const section = () => doc.getElementById("giving")
let here = section()
let host

const tell = (almoner, height) => host && parent.postMessage({ almoner, height }, host)
const measure = () => tell("height", Math.ceil(doc.documentElement.getBoundingClientRect().height))

// What the page says of itself goes into fields that nobody has filled; whose page it is the browser says.
const fill = ({ path, source }, origin) => {
  const told = { ...source, page_url: origin + path }
  for (const field of doc.querySelectorAll("#giving [type=hidden]"))
    if (/^(utm_|appeal$|page_url$)/.test(field.name) && typeof told[field.name] === "string")
      field.value ||= told[field.name].slice(0, 300)
}

// From a press of the donor's a browser lets a frame change the whole page. If it doesn't, the link is there.
const leave = () => {
  const away = doc.querySelector("#giving a[target=_top]")
  if (away) open(away.href, "_top")
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || parent === self || data?.almoner !== "hello" || !sites.includes(origin)) return
  host = origin
  fill(data, origin)
  measure()
})

addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && tell("escape"))

addEventListener("click", ({ target }) => {
  const link = target.closest?.("a[href]")
  if (!link || link.target || "swap" in link.dataset || !link.protocol.startsWith("http")) return
  if (link.pathname.includes("/frame/")) return
  link.target = "_blank"
  link.rel = "noopener"
}, true)

new ResizeObserver(measure).observe(doc.documentElement)
new MutationObserver(() => {
  const next = section()
  if (next === here) return
  here = next
  measure()
  tell("step")
  leave()
}).observe(here.parentNode, { childList: true })
leave()
