<?php
/**
 * Puts the giving forms of an Almoner site into WordPress.
 *
 * Plugin Name:       Almoner
 * Description:       Puts the giving forms of your Almoner site into posts and pages: a block, a shortcode, and links that become forms. Old donation shortcodes go on working.
 * Version:           0.1.0
 * Requires at least: 5.8
 * Requires PHP:      7.4
 * Author:            The Almoner authors
 * License:           Apache-2.0
 * License URI:       https://www.apache.org/licenses/LICENSE-2.0
 * Text Domain:       almoner
 * Domain Path:       /languages
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/includes/address.php';
require_once __DIR__ . '/includes/form.php';
require_once __DIR__ . '/includes/shortcodes.php';
require_once __DIR__ . '/includes/block.php';
require_once __DIR__ . '/includes/links.php';

if ( is_admin() ) {
	require_once __DIR__ . '/includes/settings.php';
}

/**
 * Words in the site's language.
 */
function almoner_load_words() {
	load_plugin_textdomain( 'almoner', false, basename( __DIR__ ) . '/languages' );
}
add_action( 'init', 'almoner_load_words', 1 );
