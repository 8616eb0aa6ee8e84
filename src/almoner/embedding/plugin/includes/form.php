<?php
/**
 * A form as it stands in a page: the element, with a link in its light that works when script or frame is blocked.
 * The same for every visitor, so that a cache may keep the page.
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

// Languages in which a giving site has addresses of their own; English stands at the root.
const ALMONER_LANGUAGES = array( 'de', 'fr', 'es', 'nl', 'it', 'pt-br', 'ar' );

// What an attribute may hold. What doesn't fit is left out, and the form opens all the same.
const ALMONER_ATTRIBUTES = array(
	'form'      => '/^[A-Za-z0-9_-]{1,50}$/D',
	'amount'    => '/^\d{1,9}(\.\d{1,2})?$/D',
	'frequency' => '/^(once|monthly|quarterly|yearly)$/D',
	'currency'  => '/^[A-Z]{3}$/D',
	'fund'      => '/^[A-Za-z0-9_-]{1,40}$/D',
	'appeal'    => '/^[^\x00-\x1f\x7f]{1,60}$/uD',
	'lang'      => '/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/D',
	'primary'   => '/^#[0-9a-fA-F]{6}$/D',
	'accent'    => '/^#[0-9a-fA-F]{6}$/D',
	'button'    => '/^[^\x00-\x1f\x7f]{1,60}$/uD',
);

// Those of them that a link's query takes too.
const ALMONER_QUERY = array( 'amount', 'frequency', 'currency', 'fund', 'appeal' );

/**
 * A form where an author put one.
 *
 * @param array $typed Names of ALMONER_ATTRIBUTES to what was typed, and 'label': the words of the link.
 * @return string HTML, escaped.
 */
function almoner_form( $typed ) {
	$address = almoner_address();
	if ( '' === $address ) {
		return '<!-- Almoner: Settings, Almoner holds no address of a giving site. -->';
	}
	$wanted = almoner_fitting( $typed );
	$label  = almoner_plain( isset( $typed['label'] ) ? $typed['label'] : '' );
	if ( '' === $label ) {
		$label = isset( $wanted['button'] ) ? $wanted['button'] : __( 'Give now', 'almoner' );
	}
	if ( ! isset( $wanted['form'] ) ) {
		return sprintf( '<!-- Almoner: which form? --><a href="%s">%s</a>', esc_url( $address . '/' ), esc_html( $label ) );
	}
	wp_enqueue_script( 'almoner-form' );
	$attributes = '';
	foreach ( $wanted + array( 'site' => $address ) as $name => $value ) {
		$attributes .= sprintf( ' %s="%s"', $name, esc_attr( $value ) );
	}
	return sprintf( '<almoner-form%s><a href="%s">%s</a></almoner-form>', $attributes, esc_url( almoner_link( $address, $wanted ) ), esc_html( $label ) );
}

/**
 * What may stand in a page of what was typed.
 *
 * @param array $typed Names to texts.
 * @return string[] Names of ALMONER_ATTRIBUTES to what fits them, in their order.
 */
function almoner_fitting( $typed ) {
	$fitting = array();
	foreach ( ALMONER_ATTRIBUTES as $name => $pattern ) {
		$value = almoner_plain( isset( $typed[ $name ] ) ? $typed[ $name ] : '' );
		if ( 'currency' === $name ) {
			$value = strtoupper( $value );
		}
		if ( preg_match( $pattern, $value ) ) {
			$fitting[ $name ] = $value;
		}
	}
	return $fitting;
}

/**
 * A value without the quotes that editors make curly, and without what is written as an entity.
 *
 * @param mixed $value From a shortcode, a block or an address.
 * @return string
 */
function almoner_plain( $value ) {
	if ( ! is_scalar( $value ) ) {
		return '';
	}
	$text = wp_check_invalid_utf8( html_entity_decode( (string) $value, ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
	return (string) preg_replace( '/^[\s"\'“”„″‘’]+|[\s"\'“”„″‘’]+$/u', '', $text );
}

/**
 * The form's own page.
 *
 * @param string   $address Of the giving site.
 * @param string[] $wanted  From almoner_fitting(), with a form.
 * @return string
 */
function almoner_link( $address, $wanted ) {
	$prefix = almoner_language( isset( $wanted['lang'] ) ? $wanted['lang'] : get_locale() );
	$prefix = '' === $prefix ? '' : '/' . $prefix;
	$query  = http_build_query( array_intersect_key( $wanted, array_flip( ALMONER_QUERY ) ), '', '&', PHP_QUERY_RFC3986 );
	return $address . $prefix . '/give/' . $wanted['form'] . '/' . ( '' === $query ? '' : '?' . $query );
}

/**
 * A language in which the giving site has addresses: the very one, or the one that it is a kind of.
 *
 * @param string $tag Such as "pt-BR", or WordPress's own "pt_BR" and "de_DE_formal".
 * @return string '' for English and for every language that has none.
 */
function almoner_language( $tag ) {
	$parts = explode( '-', strtolower( str_replace( '_', '-', $tag ) ) );
	foreach ( array( implode( '-', array_slice( $parts, 0, 2 ) ), $parts[0] ) as $language ) {
		if ( in_array( $language, ALMONER_LANGUAGES, true ) ) {
			return $language;
		}
	}
	// Portugal's reads Brazil's rather than English.
	return 'pt' === $parts[0] ? 'pt-br' : '';
}

/**
 * The giving site's script: known on every page, loaded where a form stands.
 */
function almoner_register_script() {
	if ( '' !== almoner_address() ) {
		// No version: the giving site says itself how long its script keeps.
		wp_register_script( 'almoner-form', almoner_address() . '/almoner-form.js', array(), null, true ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion
	}
}
add_action( 'init', 'almoner_register_script' );

/**
 * The script holds nobody up.
 *
 * @param string $tag    The element as WordPress made it.
 * @param string $handle The script's name.
 * @return string
 */
function almoner_script_is_async( $tag, $handle ) {
	if ( 'almoner-form' !== $handle || false !== strpos( $tag, ' async' ) ) {
		return $tag;
	}
	return str_replace( ' src=', ' async src=', $tag );
}
add_filter( 'script_loader_tag', 'almoner_script_is_async', 10, 2 );
