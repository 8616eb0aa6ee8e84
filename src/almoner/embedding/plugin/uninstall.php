<?php
/**
 * Takes away the one thing that was stored.
 *
 * @package Almoner
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

if ( is_multisite() ) {
	$almoner_sites = get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	);
	foreach ( $almoner_sites as $almoner_site ) {
		delete_blog_option( $almoner_site, 'almoner_address' );
	}
} else {
	delete_option( 'almoner_address' );
}
