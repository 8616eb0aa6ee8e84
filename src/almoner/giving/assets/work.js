/* ALTCHA's proof of work. It comes with a payment step that asks for it, and starts at once, while the donor reads:
   there is nothing to see, to solve or to press. How far it is stands in a status that is read out. Without a result
   the form is posted without one, and the server offers the gateway's own page. */
{
  const batch = 1000
  const encoder = new TextEncoder()

  const hex = (view) =>
    Array.from({ length: 8 }, (_, at) => view.getUint32(4 * at).toString(16).padStart(8, "0")).join("")

  const solve = async (field) => {
    const { maxnumber, ...asked } = JSON.parse(field.dataset.challenge)
    const status = field.parentNode.querySelector("[role=status]")
    const [doing, done] = status.dataset.words.split("|")
    const start = parseInt(asked.challenge.slice(0, 8), 16)
    let told = -1

    const matches = async (number) => {
      const digest = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(asked.salt + number)))
      return digest.getUint32(0) === start && hex(digest) === asked.challenge
    }

    for (let first = 0; first <= maxnumber; first += batch) {
      // Read out every quarter: more would talk over what the donor is reading.
      const quarter = Math.floor((4 * first) / maxnumber)
      if (quarter > told) status.textContent = doing.replace("100", (told = quarter) * 25)
      const hits = await Promise.all(Array.from({ length: batch }, (_, at) => matches(first + at)))
      if (!hits.includes(true)) continue
      field.value = btoa(JSON.stringify({ ...asked, number: first + hits.indexOf(true) }))
      status.textContent = done
      return
    }
  }

  for (const field of document.querySelectorAll("[data-challenge]")) field.solved ||= solve(field).catch(() => {})
}
