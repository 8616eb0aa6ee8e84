// A figure inside a sentence, in Wagtail's editor: chosen in a dialog, kept as its name and how it is said.
(() => {
  "use strict";
  const { ModalWorkflowSource, TooltipEntity, registerPlugin } = window.draftail;
  const { EditorState, Modifier } = window.DraftJS;

  const onload = {
    figures(modal) {
      const body = modal.body[0];
      modal.container.attr("aria-label", "Figure from the register");
      modal.ajaxifyForm(body.querySelector("form"));
      // A search that is answered after the dialog was closed would open it again, behind a sheet that nothing takes away.
      modal.container.on("hide.bs.modal", () => {
        modal.loadBody = () => {};
      });
      body.querySelectorAll("button[data-indicator]").forEach((button) => {
        button.addEventListener("click", () => modal.respond("chosen", { ...button.dataset }));
      });
      body.querySelector("input[name=q]").focus();
    },
  };

  // The page that is edited, or below which one is added: it says whose register is meant.
  const page = () => (/\/pages\/(?:add\/\w+\/\w+\/)?(\d+)\//.exec(window.location.pathname) || [])[1] || "";

  class FigureSource extends ModalWorkflowSource {
    getChooserConfig() {
      const { figures } = this.props.entityType.chooserUrls;
      return { url: figures, urlParams: { page: page() }, onload, responses: { chosen: this.onChosen } };
    }

    onChosen({ indicator, wording, day, words }) {
      const { editorState, onComplete } = this.props;
      const named = { indicator, wording, day };
      const content = editorState.getCurrentContent().createEntity("FIGURE", "IMMUTABLE", named);
      const key = content.getLastCreatedEntityKey();
      const changed = Modifier.replaceText(content, editorState.getSelection(), words, null, key);
      // Once the dialog is gone: one that was hardly open takes the focus again when it has faded in, and loses it as it
      // goes. Whoever types on would type into nothing.
      this.workflow.container.on("hidden.bs.modal", () =>
        onComplete(EditorState.push(editorState, changed, "insert-characters")),
      );
      this.workflow.close();
    }
  }

  const Figure = (props) => {
    const { indicator } = props.contentState.getEntity(props.entityKey).getData();
    const icon = window.React.createElement(window.wagtail.components.Icon, { name: "order" });
    return window.React.createElement(TooltipEntity, { ...props, icon, label: indicator, url: null });
  };

  registerPlugin({ type: "FIGURE", source: FigureSource, decorator: Figure }, "entityTypes");
})();
