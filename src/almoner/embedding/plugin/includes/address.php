<?php
/**
 * The giving site's address: the one thing that is stored, how it is read, and whether Almoner answers there.
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

/**
 * Where the giving site stands.
 *
 * @return string Such as https://give.example.org, without a slash at the end; '' while none is set.
 */
function almoner_address() {
	return (string) get_option( 'almoner_address', '' );
}

/**
 * Reads what was typed as an address.
 *
 * @param string $typed As it came from the form.
 * @return string|WP_Error The address as it is kept, or what is wrong with it, in words.
 */
function almoner_read_address( $typed ) {
	$typed = trim( $typed );
	if ( '' === $typed ) {
		return new WP_Error( 'empty', __( 'Enter the address of your giving site.', 'almoner' ) );
	}
	if ( ! preg_match( '#^[a-z][a-z0-9+.-]*://#i', $typed ) ) {
		$typed = 'https://' . $typed;
	}
	$parts = wp_parse_url( $typed );
	if ( ! is_array( $parts ) || empty( $parts['host'] ) || ! preg_match( '/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/i', $parts['host'] ) ) {
		return new WP_Error( 'unreadable', __( 'This is not an address. It looks like https://give.example.org.', 'almoner' ) );
	}
	if ( isset( $parts['user'] ) || isset( $parts['pass'] ) ) {
		return new WP_Error( 'user', __( 'An address that everybody is shown must not hold a user’s name or a password.', 'almoner' ) );
	}
	$scheme = strtolower( $parts['scheme'] );
	$host   = strtolower( $parts['host'] );
	$local  = in_array( $host, array( 'localhost', '127.0.0.1', '[::1]' ), true );
	if ( 'https' !== $scheme && ! ( 'http' === $scheme && $local ) ) {
		return new WP_Error( 'scheme', __( 'The address must begin with https:// so that what donors type is protected on its way.', 'almoner' ) );
	}
	if ( ! in_array( isset( $parts['path'] ) ? $parts['path'] : '', array( '', '/' ), true ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
		return new WP_Error(
			'path',
			/* translators: %s: an address such as https://give.example.org */
			sprintf( __( 'Enter the address of the whole site, without what stands behind its name: %s', 'almoner' ), almoner_origin( $scheme, $host, $parts ) )
		);
	}
	return almoner_origin( $scheme, $host, $parts );
}

/**
 * Scheme, name and port as one.
 *
 * @param string $scheme Either http or https.
 * @param string $host   A name or an IP address.
 * @param array  $parts  From wp_parse_url().
 * @return string
 */
function almoner_origin( $scheme, $host, $parts ) {
	return $scheme . '://' . $host . ( isset( $parts['port'] ) ? ':' . $parts['port'] : '' );
}

/**
 * Asks the giving site whether it is there. Called only when somebody presses a button.
 *
 * @param string $address As almoner_address() has it.
 * @return string What is wrong, in words; '' if nothing is.
 */
function almoner_trouble_at( $address ) {
	$answer = almoner_ask( $address . '/almoner-form.js' );
	if ( is_wp_error( $answer ) ) {
		return almoner_why_unreachable( $address, $answer->get_error_message() );
	}
	$status = (int) wp_remote_retrieve_response_code( $answer );
	if ( $status >= 300 && $status < 400 ) {
		$onward = (string) wp_remote_retrieve_header( $answer, 'location' );
		/* translators: 1: an address, 2: the address that it leads to */
		return sprintf( __( '%1$s sends its visitors on to %2$s. Enter the address where Almoner itself answers.', 'almoner' ), $address, $onward );
	}
	if ( $status >= 500 ) {
		/* translators: 1: an address, 2: an HTTP status such as 503 */
		return sprintf( __( 'The site at %1$s is in trouble itself: it answers with error %2$d. Try again in a while, or tell who runs it.', 'almoner' ), $address, $status );
	}
	$is_script = false !== strpos( (string) wp_remote_retrieve_header( $answer, 'content-type' ), 'javascript' );
	if ( 200 !== $status || ! $is_script || false === strpos( wp_remote_retrieve_body( $answer ), 'almoner-form' ) ) {
		/* translators: %s: an address */
		return sprintf( __( 'A web site answers at %s, but it is not Almoner, or an old one without forms for other sites.', 'almoner' ), $address );
	}
	return '';
}

/**
 * Asks the giving site whether one of its forms may be shown here.
 *
 * @param string $address As almoner_address() has it.
 * @param string $form    A number or a name that the form answers to.
 * @return string What is wrong, in words; '' if nothing is.
 */
function almoner_trouble_with( $address, $form ) {
	$answer = almoner_ask( $address . '/give/' . rawurlencode( $form ) . '/frame/' );
	if ( is_wp_error( $answer ) ) {
		return almoner_why_unreachable( $address, $answer->get_error_message() );
	}
	if ( 200 !== (int) wp_remote_retrieve_response_code( $answer ) ) {
		/* translators: %s: a form's number */
		return sprintf( __( 'No form of the giving site answers to “%s”. Give a form that number there, or mend it here.', 'almoner' ), $form );
	}
	$policy = (string) wp_remote_retrieve_header( $answer, 'content-security-policy' );
	$listed = preg_match( '/frame-ancestors ([^;]*)/', $policy, $found ) ? explode( ' ', $found[1] ) : array();
	if ( ! in_array( almoner_here(), $listed, true ) ) {
		/* translators: 1: a form's number, 2: this site's address */
		return sprintf( __( 'Form %1$s may not stand on this site yet, so your readers see a link to it. On the giving site open the form and add %2$s to the sites that may show it.', 'almoner' ), $form, almoner_here() );
	}
	return '';
}

/**
 * This site as a giving site lists it.
 *
 * @return string Such as https://www.example.org.
 */
function almoner_here() {
	$parts = wp_parse_url( home_url() );
	return almoner_origin( $parts['scheme'], $parts['host'], $parts );
}

/**
 * One question to the giving site.
 *
 * @param string $url Its address.
 * @return array|WP_Error
 */
function almoner_ask( $url ) {
	return wp_remote_get(
		$url,
		array(
			'timeout'             => 8,
			'redirection'         => 0,
			'limit_response_size' => 100000,
		)
	);
}

/**
 * Turns a library's message into words. The message itself stands behind them, for who runs the server.
 *
 * @param string $address Who was asked.
 * @param string $message What WordPress was told.
 * @return string
 */
function almoner_why_unreachable( $address, $message ) {
	$reasons = array(
		/* translators: %s: an address */
		'resolve|getaddrinfo|name or service'                               => __( 'No server goes by the name in %s. Look for a slip of the finger.', 'almoner' ),
		/* translators: %s: an address */
		'certificate|ssl (?:routines|operation|connect|peer)|tls handshake' => __( 'The certificate of %s is not one that this server trusts, or it has run out.', 'almoner' ),
		/* translators: %s: an address */
		'timed? ?out'                                                       => __( '%s does not answer within eight seconds. A firewall may be between this server and the giving site.', 'almoner' ),
		/* translators: %s: an address */
		'refused|connect'                                                   => __( 'Nothing answers at %s. The giving site may be down, or its port another one.', 'almoner' ),
	);
	/* translators: %s: an address */
	$words = __( 'The giving site at %s could not be asked.', 'almoner' );
	foreach ( $reasons as $pattern => $reason ) {
		if ( preg_match( '/' . $pattern . '/i', $message ) ) {
			$words = $reason;
			break;
		}
	}
	return sprintf( $words, $address ) . ' (' . $message . ')';
}
