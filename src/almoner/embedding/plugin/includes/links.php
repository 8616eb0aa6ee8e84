<?php
/**
 * A form's address on a line of its own becomes the form. WordPress puts what an unknown site sends it into a sandbox that
 * blocks forms; so the giving site is registered as a provider, and in posts the form is written here, with nothing fetched
 * and nothing kept.
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

/**
 * Registers the giving site's addresses.
 */
function almoner_register_links() {
	$address = almoner_address();
	if ( '' === $address ) {
		return;
	}
	$pattern = '#^' . preg_quote( $address, '#' ) . '/(?:([a-z]{2}(?:-[a-z]{2})?)/)?give/([A-Za-z0-9_-]+)/?(?:\?([^\#]*))?(?:\#.*)?$#D';
	wp_embed_register_handler( 'almoner', $pattern, 'almoner_embed' );
	wp_oembed_add_provider( $address . '/give/*', $address . '/oembed' );
	foreach ( ALMONER_LANGUAGES as $language ) {
		wp_oembed_add_provider( $address . '/' . $language . '/give/*', $address . '/oembed' );
	}
}
add_action( 'init', 'almoner_register_links' );

/**
 * The form behind an address.
 *
 * @param string[] $found Language, form and query.
 * @return string HTML.
 */
function almoner_embed( $found ) {
	$query = array();
	parse_str( isset( $found[3] ) ? $found[3] : '', $query );
	$wanted         = array_intersect_key( $query, array_flip( ALMONER_QUERY ) );
	$wanted['form'] = $found[2];
	$wanted['lang'] = $found[1];
	// A box of its own, or WordPress would take it for words and put a paragraph around it.
	return '<div>' . almoner_form( $wanted ) . '</div>';
}
