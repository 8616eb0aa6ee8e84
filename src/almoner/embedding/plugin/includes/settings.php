<?php
/**
 * Settings, Almoner: the giving site's address, tested; which old shortcodes are answered; how a form is put into a page.
 *
 * @package Almoner
 */

defined( 'ABSPATH' ) || exit;

/**
 * Adds the page.
 */
function almoner_add_settings() {
	$page = add_options_page( __( 'Almoner', 'almoner' ), __( 'Almoner', 'almoner' ), 'manage_options', 'almoner', 'almoner_show_settings' );
	if ( $page ) {
		add_action( 'load-' . $page, 'almoner_answer_settings' );
	}
}
add_action( 'admin_menu', 'almoner_add_settings' );

/**
 * Adds a way to it beside the plugin's name.
 *
 * @param string[] $links As WordPress has them.
 * @return string[]
 */
function almoner_plugin_links( $links ) {
	$link = sprintf( '<a href="%s">%s</a>', esc_url( admin_url( 'options-general.php?page=almoner' ) ), esc_html__( 'Settings', 'almoner' ) );
	array_unshift( $links, $link );
	return $links;
}
add_filter( 'plugin_action_links_' . basename( dirname( __DIR__ ) ) . '/almoner.php', 'almoner_plugin_links' );

/**
 * Takes what was posted, before anything of the page is sent. The page answers to its own form, so that what was typed
 * stays while something is wrong with it.
 */
function almoner_answer_settings() {
	global $almoner_answer;
	if ( ! isset( $_POST['almoner_address'] ) ) {
		return;
	}
	check_admin_referer( 'almoner_settings' );
	$typed          = sanitize_text_field( wp_unslash( $_POST['almoner_address'] ) );
	$form           = isset( $_POST['almoner_form'] ) ? sanitize_text_field( wp_unslash( $_POST['almoner_form'] ) ) : '';
	$almoner_answer = almoner_take_settings( $typed, $form, isset( $_POST['almoner_save'] ) ) + array(
		'address' => $typed,
		'form'    => $form,
	);
}

/**
 * The page, with the answer to what was posted.
 */
function almoner_show_settings() {
	global $almoner_answer;
	$said = (array) $almoner_answer + array(
		'address' => almoner_address(),
		'form'    => '',
		'notices' => array(),
	);
	?>
	<div class="wrap">
		<h1><?php esc_html_e( 'Almoner', 'almoner' ); ?></h1>
		<?php
		foreach ( $said['notices'] as $notice ) {
			printf( '<div class="notice notice-%s" role="%s"><p>%s</p></div>', esc_attr( $notice[0] ), 'error' === $notice[0] ? 'alert' : 'status', esc_html( $notice[1] ) );
		}
		?>
		<p><?php esc_html_e( 'Forms are made, and gifts are kept, on your giving site. WordPress keeps its address, and nothing else.', 'almoner' ); ?></p>
		<form method="post" action="">
			<?php wp_nonce_field( 'almoner_settings' ); ?>
			<table class="form-table" role="presentation">
				<tr>
					<th scope="row"><label for="almoner_address"><?php esc_html_e( 'Address of the giving site', 'almoner' ); ?></label></th>
					<td>
						<input name="almoner_address" id="almoner_address" type="text" inputmode="url" class="regular-text code" value="<?php echo esc_attr( $said['address'] ); ?>" aria-describedby="almoner_address_help" autocomplete="off" spellcheck="false">
						<p class="description" id="almoner_address_help"><?php esc_html_e( 'Such as https://give.example.org', 'almoner' ); ?></p>
					</td>
				</tr>
				<tr>
					<th scope="row"><label for="almoner_form"><?php esc_html_e( 'Test with form', 'almoner' ); ?></label></th>
					<td>
						<input name="almoner_form" id="almoner_form" type="text" class="small-text" value="<?php echo esc_attr( $said['form'] ); ?>" aria-describedby="almoner_form_help" autocomplete="off">
						<p class="description" id="almoner_form_help">
							<?php
							/* translators: %s: this site's address */
							printf( esc_html__( 'If you like: a form’s number, such as 4840. It is not kept. The form’s own page on the giving site has a list of sites that may show it; this site is %s', 'almoner' ), '<code>' . esc_html( almoner_here() ) . '</code>' );
							?>
						</p>
					</td>
				</tr>
			</table>
			<p class="submit">
				<button type="submit" name="almoner_save" value="1" class="button button-primary"><?php esc_html_e( 'Save and test', 'almoner' ); ?></button>
				<button type="submit" name="almoner_test" value="1" class="button"><?php esc_html_e( 'Test only', 'almoner' ); ?></button>
			</p>
		</form>
		<?php almoner_show_help(); ?>
	</div>
	<?php
}

/**
 * Takes what was typed: refused with a reason, or kept and tested.
 *
 * @param string $typed An address.
 * @param string $form  A form's number, or ''.
 * @param bool   $keep  Whether to keep the address, or only to test it.
 * @return array 'notices': pairs of success, warning or error and words; 'address': as it was read, unless it was refused.
 */
function almoner_take_settings( $typed, $form, $keep ) {
	$address = almoner_read_address( $typed );
	if ( is_wp_error( $address ) ) {
		return array( 'notices' => array( array( 'error', $address->get_error_message() ) ) );
	}
	$notices = array();
	if ( $keep ) {
		update_option( 'almoner_address', $address );
		$notices[] = array( 'success', __( 'The address is saved.', 'almoner' ) );
	}
	$trouble = almoner_trouble_at( $address );
	if ( '' === $trouble && '' !== $form ) {
		$trouble = almoner_trouble_with( $address, $form );
	}
	if ( '' !== $trouble ) {
		$notices[] = array( 'error', $trouble );
	} else {
		/* translators: %s: an address */
		$notices[] = array( 'success', sprintf( __( 'Almoner answers at %s.', 'almoner' ), $address ) );
	}
	return array(
		'notices' => $notices,
		'address' => $address,
	);
}

/**
 * How a form is put into a page, and which old shortcodes are answered.
 */
function almoner_show_help() {
	?>
	<h2><?php esc_html_e( 'Put a form into a page', 'almoner' ); ?></h2>
	<ul class="ul-disc">
		<li><?php esc_html_e( 'The block “Giving form”; or', 'almoner' ); ?></li>
		<li>
			<?php
			/* translators: %s: a shortcode */
			printf( esc_html__( 'the shortcode %s; or', 'almoner' ), '<code>[almoner form=4840]</code>' );
			?>
		</li>
		<li><?php esc_html_e( 'the form’s address on a line of its own.', 'almoner' ); ?></li>
	</ul>
	<h2><?php esc_html_e( 'Old shortcodes', 'almoner' ); ?></h2>
	<p><?php esc_html_e( 'A form answers to the numbers that it is given on the giving site, so pages with these go on working:', 'almoner' ); ?></p>
	<ul class="ul-disc">
		<?php foreach ( ALMONER_ALIASES as $tag => $name ) : ?>
			<li>
				<code><?php echo esc_html( "[$tag $name=4840]" ); ?></code>
				<?php echo esc_html( almoner_answers_to( $tag ) ? __( 'is answered here.', 'almoner' ) : __( 'is answered by another plugin. Deactivate that one, and it is answered here.', 'almoner' ) ); ?>
			</li>
		<?php endforeach; ?>
	</ul>
	<?php
}
