/* The address field as an editable combobox with a list (WAI-ARIA APG). give.js loads it with each details step that
   has a finder, and it runs once for each: what it finds dressed already, it leaves. Nothing that was typed is ever
   changed but by choosing an option, which posts the form as the radios do. Whatever fails opens the fields by hand. */
{
  const doc = document
  const make = (name, traits, text = "") => {
    const made = doc.createElement(name)
    for (const trait in traits) made.setAttribute(trait, traits[trait])
    made.textContent = text
    return made
  }
  const input = doc.getElementById("give-address_query")

  const dress = () => {
    const form = input.form
    const box = input.closest(".g-finder")
    const words = box.dataset.words.split("|")
    const country = doc.getElementById("give-country")
    const list = make("ul", { role: "listbox", id: "give-options", class: "g-options", "aria-label": words[0], hidden: "" })
    const live = make("p", { role: "status", class: "g-vh" })
    const chosen = make("input", { type: "hidden", name: "address_choice" })
    const use = make("button", { name: "action", value: "use", hidden: "" })
    let active = -1
    let latest, typing, saying
    let rests = 0
    // The fields were opened, and nobody who can't see them was told: the next key came too soon.
    let untold = false

    const say = (text) => {
      live.textContent = ""
      clearTimeout(saying)
      saying = setTimeout(() => {
        live.textContent = text
        untold = false
      }, 600)
    }

    const go = (to) => {
      active = to
      for (const each of list.children) each.setAttribute("aria-selected", each === list.children[to])
      input.setAttribute("aria-activedescendant", list.children[to]?.id || "")
      list.children[to]?.scrollIntoView({ block: "nearest" })
    }

    const open = (yes) => {
      const opens = yes && list.hidden
      list.hidden = !yes
      input.setAttribute("aria-expanded", yes)
      go(-1)
      if (opens && list.getBoundingClientRect().bottom > innerHeight) input.scrollIntoView()
    }

    // An answer that is still on its way is for keys that were pressed before.
    const drop = () => {
      clearTimeout(typing)
      clearTimeout(saying)
      latest?.abort()
      latest = null
    }
    const close = () => {
      drop()
      open(false)
    }

    const show = (found) => {
      list.replaceChildren(
        ...found.map(({ label, key, note }, at) => {
          const option = make("li", { role: "option", id: "give-option-" + at, "data-key": key })
          option.append(make("bdi", {}, label), " ")
          if (note) option.append(make("span", {}, note))
          return option
        }),
      )
      list.setAttribute("aria-label", words[found.length])
      open(found.length > 0)
      say(words[found.length])
    }

    const byHand = () => {
      list.replaceChildren()
      open(false)
      const closed = doc.querySelector("#give-address.g-closed")
      closed?.classList.remove("g-closed")
      untold ||= !!closed
      if (untold) say(words[9])
    }

    const ask = async () => {
      const q = input.value.trim()
      if (Date.now() < rests) return
      if (q.length < 3) {
        list.replaceChildren()
        return open(false)
      }
      const mine = (latest = new AbortController())
      const wait = setTimeout(() => mine.abort(), 1500)
      let answer
      try {
        const query = new URLSearchParams({ country: country.value, q })
        const got = await fetch(box.dataset.url + "?" + query, { signal: mine.signal })
        if (got.ok) answer = await got.json()
        if (!answer) rests = Date.now() + 2000
      } catch {
        // Too slow, or no network: the same as no answer.
      }
      clearTimeout(wait)
      if (mine !== latest) return
      if (!answer || answer.manual) byHand()
      else show(answer.found)
    }

    const choose = (option) => {
      input.value = chosen.value = option.dataset.key
      close()
      form.append(chosen, use)
      use.click()
      use.remove()
    }

    box.addEventListener("input", (event) => {
      chosen.remove()
      if (event.target !== input) return
      drop()
      go(-1)
      typing = setTimeout(ask, 80)
    })

    input.addEventListener("keydown", (event) => {
      const { key } = event
      const last = list.children.length - 1
      const down = key === "ArrowDown"
      // While a word is being composed, each key is the composer's: also the Enter that ends it (229 in Safari).
      if (event.isComposing || event.keyCode === 229) return event.stopPropagation()
      if ((down || key === "ArrowUp") && last >= 0) {
        const from = active
        if (list.hidden || event.altKey) open(down || !event.altKey)
        if (!event.altKey) go(down ? (from < last ? from + 1 : 0) : from > 0 ? from - 1 : last)
      } else if (key === "Enter" && active >= 0) choose(list.children[active])
      else if (key === "Escape" && !list.hidden) close()
      else {
        if (key === "Enter" || key === "Tab") close()
        else if (/^(Home|End|Arrow(Left|Right))$/.test(key)) go(-1)
        return
      }
      event.preventDefault()
      event.stopPropagation()
    })

    input.addEventListener("blur", close)
    // Pressing an option must not take the focus away, which would close the list under the finger.
    list.addEventListener("mousedown", (event) => event.preventDefault())
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]")
      if (option) choose(option)
    })

    const after = box.querySelector(".g-manual") || input.parentElement
    after.after(list, live)
    for (const [trait, value] of [
      ["role", "combobox"],
      ["aria-expanded", "false"],
      ["aria-controls", list.id],
      ["aria-autocomplete", "list"],
    ])
      input.setAttribute(trait, value)
  }

  if (input && !input.hasAttribute("role")) dress()
}
