/* A gateway's own fields in the payment step (Stripe's Payment Element). This stands on that step's own page alone.
   The gateway's script is loaded when one of its methods is chosen; what is typed into its fields goes to it, and only
   a reference comes back, which is posted with our form. Whatever its script says afterwards, our server asks the
   gateway, and the thank-you page reads the database. If the script is kept out, the gateway's own page stands in. */

const doc = document
const find = (query, part = doc) => part.querySelector(query)
const live = Object.assign(doc.createElement("p"), { className: "g-live" })
const words = { ...doc.getElementById("giving").dataset }
live.setAttribute("role", "status")
let box, script, stripe, groups
let busy = false

const say = (text) => {
  find("#giving .g-actions").before(live)
  live.textContent = text
}

const settle = () => {
  busy = false
  for (const each of doc.querySelectorAll("#giving button")) each.removeAttribute("aria-disabled")
}

const stop = (text) => {
  settle()
  say(text)
}

const load = (url) =>
  (script ||= new Promise((resolve, reject) => {
    doc.head.append(Object.assign(doc.createElement("script"), { src: url, onload: resolve, onerror: reject }))
  }))

// The proof of work that a decline may have brought. That of the page itself was begun by give.js.
const begin = (part) => {
  const { script, hash } = part.dataset
  part.ready = new Promise((done) =>
    doc.head.append(
      Object.assign(doc.createElement("script"), { integrity: hash, src: script, onload: done, onerror: done }),
    ),
  )
}

// The gateway's script with our key, and none of it before it is needed.
const ready = async () => {
  const { url, settings } = box.dataset
  await load(url)
  stripe ||= self.Stripe(JSON.parse(settings).publishable_key, { locale: doc.documentElement.lang })
}

const chosen = () => find("#giving [data-element] :checked")?.value

// Our colours, in the mode that the reader prefers.
const appearance = () => {
  const of = (name) => getComputedStyle(box).getPropertyValue(name).trim()
  const colours = { colorPrimary: of("--brand-text"), colorBackground: of("--surface"), colorText: of("--ink") }
  return { variables: { ...colours, colorDanger: of("--danger"), fontFamily: of("--sans"), spacingUnit: "5px" } }
}

// What was typed for one method stays while another is looked at.
const mount = (code) => {
  if (groups[code]) return
  const { amount, currency, settings, saves, name, email } = box.dataset
  const elements = stripe.elements({
    mode: "payment",
    amount: Number(amount),
    currency,
    allowedPaymentMethodTypes: JSON.parse(settings)["types:" + code].split(" "),
    appearance: appearance(),
    ...(saves !== undefined && { setupFutureUsage: "off_session" }),
  })
  const place = doc.createElement("div")
  box.append(place)
  elements.create("payment", { defaultValues: { billingDetails: { name, email } } }).mount(place)
  groups[code] = { elements, place }
}

// The gateway's script is kept out here: by the network, or by what the reader has installed.
const withdraw = () => {
  for (const each of doc.querySelectorAll("#giving [data-element]")) {
    each.hidden = true
    find("input", each).checked = false
  }
  for (const each of doc.querySelectorAll("#giving [data-standsin]")) each.hidden = false
  const instead = find("#giving [data-standsin] input, #giving .g-choice:not([hidden]) [name=method]")
  if (instead) instead.checked = true
  box.hidden = true
  say(box.dataset.blocked)
}

const show = async () => {
  const code = chosen()
  box.hidden = !code
  if (!code) return
  try {
    await ready()
    mount(code)
  } catch {
    return withdraw()
  }
  for (const each in groups) groups[each].place.hidden = each !== chosen()
}

// What the bank wants of the donor. However it ends, our server finds out.
const confirm = async (secret, back) => {
  busy = true
  try {
    await ready()
    await stripe.handleNextAction({ clientSecret: secret })
  } catch {
    return stop(words.failed)
  }
  location.replace(back)
}

const dress = () => {
  const found = find("#giving .g-element")
  if (!found || found === box) return
  box = found
  groups = {}
  if (box.dataset.secret) return confirm(box.dataset.secret, box.dataset.return)
  for (const each of doc.querySelectorAll("#giving [data-element]")) each.hidden = false
  for (const each of doc.querySelectorAll("#giving [data-standsin]")) each.hidden = true
  if (find("#giving [data-standsin] :checked")) find("#giving [data-element] input").checked = true
  box.form = box.closest("form")
  box.form.addEventListener("change", show)
  show()
}

// A decline: what it says, and the draft for the next try. The fields stay, with what is in them.
const absorb = (next) => {
  for (const query of [".g-alert", ".g-heading ~ .g-note[autofocus]", ".g-work"]) find(query, box.form)?.remove()
  find("[name=token]", box.form).replaceWith(find("[name=token]", next))
  const asked = find(".g-work", next)
  if (asked) {
    find(".g-slip", box.form).before(asked)
    begin(asked)
  }
  const told = find(".g-alert, .g-note[autofocus]", next)
  if (!find(".g-element", next)) {
    // No longer offered to this donor.
    const offered = find(".g-methods, .g-method", next)
    const only = find(".g-method + [name=method]", next)
    find(".g-methods", box.form).replaceWith(offered, ...(only ? [only] : []))
    box.remove()
  }
  doc.title = next.dataset.title
  stop("")
  if (!told) return
  find(".g-heading", box.form).after(told)
  told.focus()
}

const take = (text) => {
  const next = new DOMParser().parseFromString(text, "text/html").getElementById("giving")
  const asked = find("[data-secret]", next)
  if (asked) return confirm(asked.dataset.secret, asked.dataset.return)
  if (next.dataset.step === "thanks") return location.replace(next.dataset.url)
  if (next.dataset.step === "payment") return absorb(next)
  // The form was changed meanwhile: the draft's step, as a page.
  find("[name=token]", box.form).replaceWith(find("[name=token]", next))
  box.form.append(Object.assign(doc.createElement("input"), { type: "hidden", name: "action", value: "payment" }))
  box.form.submit()
}

const give = async (code) => {
  const form = box.form
  const { elements } = groups[code]
  const wrong = (await elements.submit()).error
  if (wrong) return stop(wrong.message)
  const made = await stripe.createConfirmationToken({ elements })
  if (made.error) return stop(made.error.message)
  await find(".g-work", form)?.ready
  await find("[data-challenge]", form)?.solved
  const body = new URLSearchParams(new FormData(form))
  body.set("action", "give")
  body.set("confirmation_token", made.confirmationToken.id)
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    body,
    headers: { "X-Almoner-Fragment": "1" },
    signal: AbortSignal.timeout?.(60000),
  })
  const away = answer.headers.get("X-Almoner-Location")
  if (away) location.assign(away)
  else await take(await answer.text())
}

// Before give.js, which sends every other button and method.
doc.addEventListener(
  "submit",
  (event) => {
    const { name, value } = event.submitter || {}
    const code = chosen()
    if (!code || event.target !== box.form || name === "accept_email" || value === "back") return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (busy) return
    busy = true
    for (const each of box.form.querySelectorAll("button")) each.setAttribute("aria-disabled", "true")
    say(words.sending)
    // Pressed before the gateway's fields were there: they are waited for.
    const begun = groups[code] ? give(code) : show().then(() => (groups[code] ? give(code) : settle()))
    begun.catch(() => stop(words.failed))
  },
  true,
)

// A step that give.js has put into the page.
new MutationObserver(dress).observe(find("main"), { childList: true })
dress()
