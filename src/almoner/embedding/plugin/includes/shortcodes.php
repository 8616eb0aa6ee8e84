<?php
/**
 * The plugin's own shortcode, and those of plugins that it takes over from.
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

// Old shortcodes, and the attribute in which each keeps its form's number. The giving site knows which form answers to it.
const ALMONER_ALIASES = array(
	'pronto-donation-form'     => 'id',
	'give_form'                => 'id',
	'charitable_donation_form' => 'campaign_id',
);

/**
 * The plugin's own shortcode: [almoner form=4840 amount=50].
 *
 * @param array|string $attributes Empty where there are none.
 * @return string HTML.
 */
function almoner_shortcode( $attributes ) {
	$attributes = (array) $attributes;
	if ( ! isset( $attributes['form'] ) && isset( $attributes[0] ) ) {
		$attributes['form'] = $attributes[0];
	}
	return almoner_form( $attributes );
}

/**
 * A shortcode of another plugin, such as [give_form id=4840].
 *
 * @param array|string $attributes Empty where there are none.
 * @param string|null  $content    Unused: none of these plugins shows it.
 * @param string       $tag        As it was written.
 * @return string HTML.
 */
function almoner_alias( $attributes, $content, $tag ) {
	$attributes = (array) $attributes;
	$names      = array( ALMONER_ALIASES[ $tag ], 'id', 'form', 0 );
	foreach ( $names as $name ) {
		if ( isset( $attributes[ $name ] ) && '' !== $attributes[ $name ] ) {
			return almoner_form( array( 'form' => $attributes[ $name ] ) );
		}
	}
	return almoner_form( array() );
}

/**
 * Registers the shortcodes, last of all: what another active plugin owns stays its own.
 */
function almoner_register_shortcodes() {
	add_shortcode( 'almoner', 'almoner_shortcode' );
	foreach ( array_keys( ALMONER_ALIASES ) as $tag ) {
		if ( ! shortcode_exists( $tag ) ) {
			add_shortcode( $tag, 'almoner_alias' );
		}
	}
}
add_action( 'init', 'almoner_register_shortcodes', PHP_INT_MAX );

/**
 * Whether it is this plugin that answers to an old shortcode.
 *
 * @param string $tag One of ALMONER_ALIASES.
 * @return bool
 */
function almoner_answers_to( $tag ) {
	global $shortcode_tags;
	return isset( $shortcode_tags[ $tag ] ) && 'almoner_alias' === $shortcode_tags[ $tag ];
}
