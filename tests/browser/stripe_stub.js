/* Stands in for https://js.stripe.com: the calls that our page makes, by the names and shapes of @stripe/stripe-js, and
   nothing else. A call or an option that its types don't have throws, so that a slip is seen. "Card number" takes the
   outcome that the scripted server knows: success, 3ds, generic_decline. */
{
  const only = (what, given, allowed) => {
    for (const name of Object.keys(given)) if (!allowed.includes(name)) throw new Error(`${what} has no ${name}`)
  }
  const kinds = ["card", "link", "au_becs_debit", "bacs_debit", "sepa_debit"]
  const calls = (self.stripeCalls = [])

  const element = (group) => ({
    mount: (place) => {
      if (!(place instanceof HTMLElement)) throw new Error("mount takes an element here")
      const [kind] = group.options.allowedPaymentMethodTypes
      const id = "stub-" + kind
      const label = kind === "card" ? "Card number" : "Account number"
      place.innerHTML = `<label for="${id}">${label}</label><p><input id="${id}"></p>`
      group.field = place.querySelector("input")
      Object.assign(group.field.style, { minHeight: "44px", width: "100%", font: "inherit" })
    },
  })

  // A wallet: its button, and over the page what it asks for and who it says its owner is. Before the page's script,
  // a test sets `stripeWallet` to what it tells, to "none" or to "broken". "Card" takes the server's outcome.
  const expressCheckout = (group, given) => {
    only("create()", given, ["buttonHeight", "buttonTheme", "buttonType", "layout", "paymentMethodOrder", "paymentMethods"])
    if (given.buttonHeight < 40 || given.buttonHeight > 55) throw new Error("buttonHeight")
    const handlers = {}
    const elementType = "expressCheckout"
    const open = (asked) => {
      only("resolve()", asked, ["business", "emailRequired", "billingAddressRequired", "phoneNumberRequired", "lineItems", "applePay"])
      if (asked.applePay) {
        only("applePay", asked.applePay, ["recurringPaymentRequest", "deferredPaymentRequest", "automaticReloadPaymentRequest"])
        const { regularBilling: regular, ...request } = asked.applePay.recurringPaymentRequest
        only("recurringPaymentRequest", request, ["paymentDescription", "managementURL", "trialBilling", "billingAgreement"])
        only("regularBilling", regular, ["amount", "label", "recurringPaymentStartDate", "recurringPaymentEndDate",
          "recurringPaymentIntervalUnit", "recurringPaymentIntervalCount"])
        if (!["year", "month", "day", "hour", "minute"].includes(regular.recurringPaymentIntervalUnit)) throw new Error("unit")
        if (!Number.isInteger(regular.amount) || !Number.isInteger(regular.recurringPaymentIntervalCount)) throw new Error("number")
        new URL(request.managementURL)
      }
      calls.push(["wallet", asked])
      const sheet = document.createElement("div")
      sheet.setAttribute("role", "dialog")
      sheet.setAttribute("aria-label", "Wallet")
      sheet.innerHTML = `<label>Card <input value="success"></label><button>Pay</button><button>Cancel</button>`
      document.body.append(sheet)
      sheet.querySelector("input").focus()
      sheet.addEventListener("click", ({ target }) => {
        if (target.localName !== "button") return
        group.field = { value: sheet.querySelector("input").value }
        sheet.remove()
        if (target.textContent === "Cancel") return handlers.cancel({ elementType })
        const { phone, ...rest } = self.stripeWallet.tells
        const billingDetails = asked.phoneNumberRequired ? { ...rest, phone } : rest
        const paymentFailed = (failed) => {
          only("paymentFailed()", failed, ["reason"])
          calls.push(["paymentFailed"])
        }
        handlers.confirm({ elementType, expressPaymentType: "google_pay", billingDetails, paymentFailed })
      })
    }
    return {
      on: (name, handler) => {
        if (!["ready", "loaderror", "click", "cancel", "confirm"].includes(name)) throw new Error("no event " + name)
        handlers[name] = handler
      },
      mount: (place) => {
        const { state } = self.stripeWallet
        if (state === "broken") return handlers.loaderror({ elementType, error: { message: "no" } })
        if (state === "none") return handlers.ready({ elementType, availablePaymentMethods: undefined })
        place.innerHTML = `<button type="button">Donate with G Pay</button>`
        const [button] = place.children
        Object.assign(button.style, { minHeight: given.buttonHeight + "px", width: "100%", font: "inherit" })
        button.addEventListener("click", () => handlers.click({ elementType, expressPaymentType: "google_pay", resolve: open }))
        handlers.ready({ elementType, availablePaymentMethods: { applePay: false, googlePay: true } })
      },
    }
  }

  const elements = (options) => {
    only("elements()", options, ["mode", "amount", "currency", "allowedPaymentMethodTypes", "appearance", "setupFutureUsage"])
    if (options.mode !== "payment") throw new Error("mode")
    if (!Number.isInteger(options.amount) || options.amount < 1) throw new Error("amount")
    if (!/^[a-z]{3}$/.test(options.currency)) throw new Error("currency")
    if (!options.allowedPaymentMethodTypes.every((each) => kinds.includes(each))) throw new Error("types")
    if (![undefined, "off_session"].includes(options.setupFutureUsage)) throw new Error("setupFutureUsage")
    calls.push(["elements", options])
    const group = { options }
    return {
      group,
      create: (type, given) => {
        if (type === "expressCheckout") return expressCheckout(group, given)
        if (type !== "payment") throw new Error("only the Payment Element and the Express Checkout Element")
        only("create()", given, ["defaultValues", "layout", "terms", "wallets", "fields"])
        return element(group)
      },
      submit: async () =>
        group.field.value ? {} : { error: { type: "validation_error", message: "Your card number is incomplete." } },
    }
  }

  // The bank's question, over the page, as Stripe shows it.
  const question = (secret) =>
    new Promise((resolve) => {
      const box = document.createElement("div")
      box.setAttribute("role", "dialog")
      box.setAttribute("aria-label", "Your bank")
      box.innerHTML = "<button>Complete</button><button>Fail</button><button>Close</button>"
      document.body.append(box)
      box.addEventListener("click", async ({ target }) => {
        const ok = target.textContent === "Complete"
        box.remove()
        const answer = await fetch(`https://api.stripe.com/stub/authenticate?secret=${secret}&ok=${ok}`)
        const paymentIntent = await answer.json()
        const error = { code: "payment_intent_authentication_failure", message: "We are unable to authenticate." }
        resolve(ok ? { paymentIntent } : { error })
      })
    })

  self.Stripe = (key, options = {}) => {
    if (!/^pk_test_/.test(key)) throw new Error("no publishable key")
    only("Stripe()", options, ["locale", "apiVersion", "stripeAccount", "betas"])
    calls.push(["Stripe", key, options])
    return {
      elements,
      createConfirmationToken: async (given) => {
        only("createConfirmationToken()", given, ["elements", "params"])
        const { field } = given.elements.group
        if (field.value === "incomplete") return { error: { message: "Your card number is incomplete." } }
        calls.push(["createConfirmationToken"])
        return { confirmationToken: { id: `ctoken_${field.value}.${calls.length}${Date.now()}`, object: "confirmation_token" } }
      },
      handleNextAction: async (given) => {
        only("handleNextAction()", given, ["clientSecret"])
        if (!/^pi_\w+_secret_\w+$/.test(given.clientSecret)) throw new Error("no client secret: " + given.clientSecret)
        calls.push(["handleNextAction"])
        return question(given.clientSecret)
      },
    }
  }
}
