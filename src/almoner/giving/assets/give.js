/* The steps of giving, swapped in place. Everything here is an enhancement: without it each form is posted and each
   step is a page. It fetches the very same answers, takes <section id="giving"> out of them, and keeps the sections
   it leaves alive, so that Back and Forward find what was typed. The newest sealed draft stands in the history's
   entries, so that a reload finds it too; never in an address. */

const doc = document
const make = (name, traits) => Object.assign(doc.createElement(name), traits)
const hidden = (name, value) => make("input", { type: "hidden", name, value })
const steps = ["amount", "details", "payment", "thanks"]
let here = doc.getElementById("giving")

if (here) {
  const words = here.dataset
  const whole = "giving" in doc.body.dataset
  const shown = []
  const live = make("p", { className: "g-vh" })
  const note = make("p", { className: "g-live" })
  let at = steps.indexOf(words.step)
  let first = at
  let thanksUrl = location.href
  let busy = false
  let pointed = false
  let aim

  const find = (query, part = here) => part.querySelector(query)
  const sealed = (part) => find("[name=token]", part)?.value
  const fields = (part) => [...part.querySelectorAll("input:not([type=hidden]), select, textarea")]
  let token = sealed(here)

  // What the server knows of a field: what it sent, or what was posted to it.
  const know = ([field, was, on]) => Object.assign(field, { was, on })
  const learn = (part) => fields(part).map((each) => [each, each.value, each.checked])

  const tell = (text, seen) => {
    live.textContent = text
    note.textContent = seen ? text : ""
    const actions = find(".g-actions")
    if (actions) actions.before(note)
  }

  // What finds addresses while they are typed, or works for a payment: only where it is asked for.
  const dress = () => {
    const part = find("[data-script]")
    if (!part) return
    const { script, hash } = part.dataset
    part.ready = new Promise((done) =>
      doc.head.append(make("script", { integrity: hash, src: script, onload: done, onerror: done })),
    )
  }

  const arrive = (aim) => {
    // A heading or a summary is read with the section's top in sight; anything deeper only needs to be seen itself.
    const top = aim.matches(".g-heading, .g-alert")
    if (top) here.scrollIntoView()
    aim.focus({ preventScroll: top })
  }

  const show = (next, query) => {
    at = steps.indexOf(next.dataset.step)
    const marked = find("[autofocus]", next)
    marked?.removeAttribute("autofocus")
    here.replaceWith(next)
    here = shown[at] = next
    doc.title = next.dataset.title
    tell((find(".g-step") || find(".g-heading")).textContent)
    arrive((query && find(query)) || marked || find(".g-heading"))
    dress()
  }

  // What was typed since the server last heard of it. A list of countries brings its own fields, so it isn't carried.
  const carry = (old, next) => {
    for (const from of fields(old)) {
      const radio = from.type === "radio"
      const to = fields(next).find((each) => each.name === from.name && (!radio || each.value === from.value))
      if (!to || from.name === "country" || (from.value === from.was && from.checked === from.on)) continue
      to.value = from.value
      if (!radio || from.checked) to.checked = from.checked
    }
    const more = find("details", next)
    if (more && find("details", old)?.open) more.open = true
  }

  // The payment step shows what its own draft holds, and gives that; the steps before it go on from the newest.
  const keep = (url) => history.replaceState({ give: at, token: at < 2 ? token : sealed(here) }, "", url)

  const place = (next, url, query, again) => {
    const to = steps.indexOf(next.dataset.step)
    const same = to === at
    const old = shown[to]
    const moved = doc.activeElement
    if (!whole || (to < 3 && (same || again))) url = location.href
    token = sealed(next) || token
    learn(next).forEach(know)
    if (old) carry(old, next)
    if (old && !to)
      for (const each of next.querySelectorAll("[type=hidden]"))
        each.value ||= find(`[name=${each.name}]`, old)?.value || ""
    if (same && moved !== aim && moved.id && here.contains(moved)) query = "#" + CSS.escape(moved.id)
    if (to > 2) thanksUrl = url
    else if (again) first = to
    else if (to > at) {
      keep()
      history.pushState(null, "", url)
      shown.length = to
    } else if (to < at && to >= first) {
      shown[to] = next
      return history.go(to - at)
    } else if (to < at) {
      first = shown.length = to
    }
    show(next, query)
    keep(url)
  }

  const settle = () => {
    busy = false
    for (const button of find("form")?.querySelectorAll("button") || []) button.removeAttribute("aria-disabled")
  }

  const load = async (url, init, fallback, query, sent = [], again) => {
    const slow = setTimeout(tell, 5000, words.slow, true)
    const signal = AbortSignal.timeout?.(60000)
    let answer, text
    aim = doc.activeElement
    try {
      answer = await fetch(url, { ...init, headers: { "X-Almoner-Fragment": "1" }, signal })
      text = await answer.text()
    } catch {
      tell(words.failed, true)
    }
    clearTimeout(slow)
    settle()
    if (text === undefined) return
    try {
      const away = answer.headers.get("X-Almoner-Location")
      const next = new DOMParser().parseFromString(text, "text/html").getElementById("giving")
      sent.forEach(know)
      if (away) location.assign(away)
      else if (next) place(next, next.dataset.url || answer.url, query, again)
      else fallback(answer.ok)
    } catch {
      fallback()
    }
  }

  // A step as the draft holds it: after a reload, and behind one. One that needs a page of its own is no part of this.
  const resume = (to, token) => {
    busy = true
    const action = find("form").getAttribute("action").replace(/\w+\/$/, "submit/")
    const form = make("form", { method: "post", action })
    form.append(hidden("token", token), hidden("action", steps[to]))
    doc.body.append(form)
    const body = new URLSearchParams(new FormData(form))
    load(action, { method: "POST", body }, (well) => well && form.submit(), "", [], true)
  }

  const send = async (form, button, query) => {
    if (busy) return
    if (button?.value === "back" && shown[at - 1] && at > first) return history.back()
    busy = true
    const pressed = hidden(button?.name || "", button?.value || "")
    // Whatever fails here, the browser's own way to send a form still works.
    const plain = () => {
      form.append(pressed)
      form.submit()
      pressed.remove()
    }
    try {
      for (const each of form.querySelectorAll("button")) each.setAttribute("aria-disabled", "true")
      tell(words.sending)
      if (button?.value === "give") {
        await find(".g-work")?.ready
        await find("[data-challenge]")?.solved
      }
      if (token && at < 2)
        form.append(Object.assign(find("[name=token]") || hidden("token"), { value: token }))
      form.append(pressed)
      const body = new URLSearchParams(new FormData(form))
      pressed.remove()
      // A button may be called "action", and stands where the form's own property is.
      await load(form.getAttribute("action"), { method: "POST", body }, plain, query, learn(form))
    } catch {
      plain()
    }
  }

  const ours = (event, query) => {
    const found = event.target.closest(query)
    return found && here.contains(found) ? found : null
  }

  doc.addEventListener("submit", (event) => {
    const form = ours(event, "form")
    // A browser that doesn't say which button was pressed sends the form itself; and a thank-you page is left for a
    // page with the form's own head.
    if (!form || at > 2 || !("submitter" in event)) return
    event.preventDefault()
    send(form, event.submitter)
  })

  doc.addEventListener("click", (event) => {
    const link = ours(event, 'a[href^="#give-"], a[data-swap]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if ("swap" in link.dataset) return load(link.href, {}, () => location.assign(link.href))
    const aim = doc.getElementById(link.hash.slice(1))
    aim.closest("details")?.setAttribute("open", "")
    aim.closest(".g-closed")?.classList.remove("g-closed")
    if (aim.id === "give-address") link.remove()
    const field = aim.matches("input, select, textarea") ? aim : aim.querySelector("input, select")
    ;(field.closest(".g-field") || field).scrollIntoView({ block: "nearest" })
    field.focus()
  })

  doc.addEventListener("change", (event) => {
    const field = ours(event, "#give-country, .g-amounts [value=other]")
    if (field?.id === "give-country") send(field.form, { name: "action", value: "manual" }, "#give-country")
    else if (field && pointed) find("[inputmode]", field.closest("fieldset")).focus()
  })

  doc.addEventListener("input", (event) => {
    const other = ours(event, ".g-amounts [inputmode]")
    if (other) find("[value=other]", other.closest("fieldset")).checked = true
  })

  doc.addEventListener("pointerdown", () => (pointed = true))
  doc.addEventListener("keydown", (event) => {
    pointed = false
    if (event.key !== "Enter" || event.isComposing || !ours(event, "#give-address_query")) return
    event.preventDefault()
    find("[value=find]").click()
  })

  addEventListener("popstate", ({ state }) => {
    const to = state?.give
    if (to === undefined) return
    const next = shown[3] || shown[to]
    if (next && next !== here) show(next)
    if (next) keep(next === shown[3] ? thanksUrl : location.href)
    else resume(to, token || state.token)
  })

  // A page that comes back from the browser's memory must not stay busy.
  addEventListener("pageshow", (event) => event.persisted && settle())

  // Where the gift comes from: known here only, for the first page is the same for everybody. A story's button leads
  // to the form's own page, whose referrer is then the story with what its address said.
  const came = doc.referrer ? new URL(doc.referrer) : location
  const told = (page, name) => new URLSearchParams(page.search).get(name) || ""
  for (const field of here.querySelectorAll("[type=hidden]"))
    if (/^(utm_|appeal|story)/.test(field.name))
      field.value ||= (told(location, field.name) || told(came, field.name)).slice(0, 200)
    else if (field.name === "referrer" && came.host !== location.host) field.value ||= came.host

  live.setAttribute("role", "status")
  note.setAttribute("aria-hidden", "true")
  here.after(live)
  words.title = doc.title
  learn(here).forEach(know)
  shown[at] = here
  doc.documentElement.classList.add("js")
  dress()
  const last = history.state
  if (!at && !token && last?.token) resume(last.give, last.token)
  else keep(location.href)
}
