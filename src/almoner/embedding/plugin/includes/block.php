<?php
/**
 * The block. It is written by the server whenever a page is shown, so a new address reaches old posts too.
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

/**
 * Registers the block with what its editor has to know.
 */
function almoner_register_block() {
	register_block_type( dirname( __DIR__ ) . '/block', array( 'render_callback' => 'almoner_render_block' ) );
	wp_set_script_translations( 'almoner-form-editor-script', 'almoner', dirname( __DIR__ ) . '/languages' );
}
add_action( 'init', 'almoner_register_block' );

/**
 * Tells the editor which giving site it writes for.
 */
function almoner_tell_editor() {
	$told = array(
		'address'  => almoner_address(),
		'settings' => current_user_can( 'manage_options' ) ? admin_url( 'options-general.php?page=almoner' ) : '',
	);
	wp_add_inline_script( 'almoner-form-editor-script', 'window.almonerEditor = ' . wp_json_encode( $told ) . ';', 'before' );
}
add_action( 'enqueue_block_editor_assets', 'almoner_tell_editor' );

/**
 * The block in a page.
 *
 * @param array $attributes From block.json.
 * @return string HTML.
 */
function almoner_render_block( $attributes ) {
	return sprintf( '<div %s>%s</div>', get_block_wrapper_attributes(), almoner_form( $attributes ) );
}
