/* The wallets' own buttons (Stripe's Express Checkout Element). This stands on their page alone, to which a button of
   ours leads. What a wallet tells of its owner is posted with our form, beside a reference to what pays: our server reads
   it as it reads typed details. However a wallet ends, the way to type them stands below it. */

const doc = document
const find = (query) => doc.querySelector(query)
const box = find("#giving .g-element")
const form = box.closest("form")
const words = { ...find("#giving").dataset }
const { url, settings, amount, currency, charity, saves, phone, blocked, none, closed } = box.dataset
const { every, often, agreement, manage } = box.dataset
let busy = false

const say = (text) => (find("#giving .g-live").textContent = text)

const stop = (text) => {
  busy = false
  say(text)
}

const withdraw = (text) => {
  box.hidden = true
  stop(text)
}

const load = () =>
  new Promise((resolve, reject) =>
    doc.head.append(Object.assign(doc.createElement("script"), { src: url, onload: resolve, onerror: reject })),
  )

// The page goes on by itself: a decline, the bank's question and the thanks are pages too.
const post = (values) => {
  for (const [name, value] of Object.entries(values))
    form.append(Object.assign(doc.createElement("input"), { type: "hidden", name, value, className: "g-told" }))
  form.submit()
}

// Apple Pay shows what is promised, and gives a token that outlives the telephone. The first gift is today's.
const promised = () => ({
  recurringPaymentRequest: {
    paymentDescription: often,
    managementURL: new URL(manage, location.href).href,
    billingAgreement: agreement,
    regularBilling: {
      amount: Number(amount),
      label: charity,
      recurringPaymentIntervalUnit: every % 12 ? "month" : "year",
      recurringPaymentIntervalCount: every % 12 ? Number(every) : every / 12,
    },
  },
})

const pay = async (stripe, elements, event) => {
  if (busy) return
  busy = true
  say(words.sending)
  try {
    const wrong = (await elements.submit()).error
    if (wrong) throw wrong
    const made = await stripe.createConfirmationToken({ elements })
    if (made.error) throw made.error
    const wallet = JSON.stringify(event.billingDetails || {})
    post({ action: "give", confirmation_token: made.confirmationToken.id, wallet })
  } catch ({ message }) {
    event.paymentFailed({ reason: "fail" })
    stop(message || words.failed)
  }
}

const show = async () => {
  const told = JSON.parse(settings)
  const slow = setTimeout(say, 5000, words.slow)
  say(words.sending)
  try {
    await load()
    const stripe = self.Stripe(told.publishable_key, { locale: doc.documentElement.lang })
    const elements = stripe.elements({
      mode: "payment",
      amount: Number(amount),
      currency,
      allowedPaymentMethodTypes: told["types:" + form.elements.method.value].split(" "),
      ...(saves !== undefined && { setupFutureUsage: "off_session" }),
    })
    const buttons = elements.create("expressCheckout", {
      buttonHeight: 52,
      buttonType: { applePay: "donate", googlePay: "donate" },
    })
    buttons.on("ready", ({ availablePaymentMethods }) => {
      clearTimeout(slow)
      if (availablePaymentMethods) say("")
      else withdraw(none)
    })
    buttons.on("loaderror", () => {
      clearTimeout(slow)
      withdraw(blocked)
    })
    // Apple Pay and Google Pay give the name with the address of the card, and not without.
    buttons.on("click", ({ resolve }) => {
      say("")
      resolve({
        business: { name: charity },
        emailRequired: true,
        billingAddressRequired: true,
        phoneNumberRequired: phone !== undefined,
        ...(every && { applePay: promised() }),
      })
    })
    buttons.on("cancel", () => stop(closed))
    buttons.on("confirm", (event) => pay(stripe, elements, event))
    buttons.mount(box)
  } catch {
    clearTimeout(slow)
    withdraw(blocked)
  }
}

// A page that comes back from the browser's memory sends nothing twice.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return
  for (const each of doc.querySelectorAll("#giving .g-told")) each.remove()
  stop("")
})
show()
