/**
 * The block in the editor. Plain script, no build: what stands here is what runs.
 */
( function ( wp ) {
	'use strict';

	const el = wp.element.createElement;
	const __ = wp.i18n.__;
	const { InspectorControls, useBlockProps } = wp.blockEditor;
	const { Disabled, ExternalLink, PanelBody, Placeholder, SelectControl, TextControl } = wp.components;
	const ServerSideRender = wp.serverSideRender;
	const site = window.almonerEditor || { address: '', settings: '' };

	function field( props, name, label, help ) {
		return el( TextControl, {
			label,
			help,
			value: props.attributes[ name ],
			onChange: ( value ) => props.setAttributes( { [ name ]: value.trim() } ),
		} );
	}

	function wording( props ) {
		return el( TextControl, {
			label: __( 'Button', 'almoner' ),
			help: __( 'Its words. With a button the form opens over the page when it is pressed; without one it stands in the page.', 'almoner' ),
			value: props.attributes.button,
			onChange: ( button ) => props.setAttributes( { button } ),
		} );
	}

	function often( props ) {
		return el( SelectControl, {
			label: __( 'How often, chosen beforehand', 'almoner' ),
			value: props.attributes.frequency,
			options: [
				{ value: '', label: __( 'As the form has it', 'almoner' ) },
				{ value: 'once', label: __( 'Once', 'almoner' ) },
				{ value: 'monthly', label: __( 'Every month', 'almoner' ) },
				{ value: 'quarterly', label: __( 'Every three months', 'almoner' ) },
				{ value: 'yearly', label: __( 'Every year', 'almoner' ) },
			],
			onChange: ( frequency ) => props.setAttributes( { frequency } ),
		} );
	}

	function settings( props ) {
		return el(
			InspectorControls,
			null,
			el(
				PanelBody,
				{ title: __( 'Giving form', 'almoner' ) },
				field( props, 'form', __( 'Number of the form', 'almoner' ) ),
				field( props, 'amount', __( 'Amount, chosen beforehand', 'almoner' ), __( 'Such as 50 or 12.50', 'almoner' ) ),
				often( props ),
				field( props, 'fund', __( 'Code of a fund', 'almoner' ) ),
				field( props, 'appeal', __( 'Code of an appeal', 'almoner' ) ),
				wording( props )
			)
		);
	}

	function unset() {
		return el(
			Placeholder,
			{
				icon: 'heart',
				label: __( 'Giving form', 'almoner' ),
				instructions: __( 'WordPress does not know yet where your giving site stands. Until it does, readers see nothing here.', 'almoner' ),
			},
			site.settings && el( ExternalLink, { href: site.settings }, __( 'Enter its address', 'almoner' ) )
		);
	}

	function ask( props ) {
		return el(
			Placeholder,
			{
				icon: 'heart',
				label: __( 'Giving form', 'almoner' ),
				instructions: __( 'Which form? Its number stands in its address, and in old shortcodes.', 'almoner' ),
			},
			field( props, 'form', __( 'Number of the form', 'almoner' ) )
		);
	}

	function preview( props ) {
		return el(
			Placeholder,
			{
				icon: 'heart',
				label: __( 'Giving form', 'almoner' ) + ' ' + props.attributes.form,
				instructions: __( 'Your readers see the form of your giving site here. Where it can’t be shown they see this link:', 'almoner' ),
			},
			el( Disabled, null, el( ServerSideRender, { block: 'almoner/form', attributes: props.attributes } ) )
		);
	}

	function Edit( props ) {
		// What stands in the page while a number is typed must not be taken from under the fingers.
		const [ known, setKnown ] = wp.element.useState( props.attributes.form !== '' );
		let inside = preview;
		if ( ! site.address ) {
			inside = unset;
		} else if ( ! known || props.attributes.form === '' ) {
			inside = ask;
		}
		const leave = () => setKnown( props.attributes.form !== '' );
		return el( 'div', { ...useBlockProps(), onBlur: leave }, settings( props ), inside( props ) );
	}

	wp.blocks.registerBlockType( 'almoner/form', { edit: Edit, save: () => null } );
} )( window.wp );
